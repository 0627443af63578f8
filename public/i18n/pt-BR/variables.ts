/** Environment variables, of a function and shared. */
import type { variableTexts as english } from '../en/variables.js'
import type { Translated } from '../texts.js'

export const variableTexts: Translated<typeof english> = {
  variables: {
    title: 'Variáveis de ambiente',
    intro: 'Lidas em Lua com env.get. Uma mudança vale a partir da próxima execução.',
    empty: 'Ainda não há nenhuma.',
    unnamed: 'Nova variável',
    name: 'NOME',
    add: 'Adicionar variável',
    show: 'Mostrar valor',
    suggested: 'O código a lê.',
    paste: 'Colar um .env',
    pasteHint: 'Cole as linhas do arquivo. Nada é definido antes de salvar.',
    pasteNothing: 'Não há nenhuma linha NOME=valor.',
    fate: 'O que acontece',
    fateNew: 'Nova',
    fateSame: 'Fica como está',
    fateReplaced: 'Substitui o valor atual',
    fateName: 'Fica de fora: um nome só tem letras, dígitos e _',
    fateEmpty: 'Fica de fora: não tem valor',
    leftOver_one: 'Uma linha não é uma variável e fica de fora:',
    leftOver_other: '{count} linhas não são variáveis e ficam de fora:',
    take_one: 'Usar {count} variável',
    take_other: 'Usar {count} variáveis',
    pasted_one: '{count} variável incluída; salve para valer',
    pasted_other: '{count} variáveis incluídas; salve para valer',
    noName: 'Um dos valores está sem nome.',
    badName: '“{name}” não pode ser um nome: só letras, dígitos e _ são aceitos.',
    longName: '“{name}…” é longo demais para um nome: no máximo {limit} bytes.',
    noValue: '{name} está sem valor. Dê um valor ou remova a variável.',
    tooLong: 'O valor de {name} tem {size} bytes; no máximo {limit} cabem.',
    twice: '{name} aparece duas vezes.',
    inherited: 'Compartilhadas por todas as funções',
    shared: 'compartilhada',
    toShared: 'Variáveis compartilhadas',
    overrides: 'Vale no lugar da compartilhada.',
    allOverridden: 'Cada uma delas tem uma própria aqui.',
    override: 'Substituir',
    overrideNamed: 'Substituir {name}',
    sharedIntro:
      'Todas as funções as veem, a menos que tenham uma própria com o mesmo nome. Os valores são mascarados em todos os logs e registros.'
  }
}
