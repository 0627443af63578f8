/** Shared modules. */
import type { moduleTexts as english } from '../en/modules.js'
import type { Translated } from '../texts.js'

export const moduleTexts: Translated<typeof english> = {
  modules: {
    intro:
      'Lua que as funções carregam com require. Uma mudança vale a partir da próxima execução de cada função.',
    new: 'Novo módulo',
    create: 'Criar módulo',
    created: '“{name}” foi criado',
    search: 'Buscar módulos',
    emptyTitle: 'Ainda não há módulos compartilhados',
    emptyText: 'O que várias funções precisam se escreve uma vez aqui, e se carrega assim:',
    nothingFound: 'Nenhum módulo corresponde a isso',
    nameHint: 'Como require o recebe: letras, dígitos e _, como shop ou shop.prices.',
    requiredBy_one: 'Usado por {count}',
    requiredBy_other: 'Usado por {count}',
    tabs: 'Módulo',
    tab_code: 'Código',
    tab_versions: 'Versões',
    tab_uses: 'Uso',
    tab_settings: 'Configurações',
    copyLine: 'Copiar a linha que o carrega',
    missing: 'Este módulo não existe',
    missingText: 'Ele pode ter sido excluído.',
    back: 'Para todos os módulos',
    requiredByTitle: 'Usado por',
    requiredByHint:
      'O que o carrega na sua versão ativa. Uma mudança vale a partir da próxima execução.',
    requiredByNone: 'Nada o usa ainda.',
    kind_function: 'Função',
    kind_module: 'Módulo',
    requiresTitle: 'Usa',
    requiresNone: 'Não usa nenhum outro módulo compartilhado.',
    notThere: 'Não existe',
    exportsTitle: 'Exporta',
    exportsHint:
      'O que ele retorna, como dizem seu texto e seus comentários (---). O editor o completa.',
    exportsNone: 'Seu código não diz.',
    stillRequired: 'Ele ainda é usado',
    stillRequiredText: 'A próxima execução falharia.',
    renameAnyway: 'Renomear mesmo assim',
    delete: 'Excluir módulo',
    deleteHint: 'Com todas as suas versões, para sempre.',
    deleteTitle: 'Excluir “{name}”?',
    deleteText: 'Suas versões também são excluídas, para sempre.',
    deleteAnyway: 'Excluir mesmo assim',
    changedMeanwhile: 'Ele foi alterado desde que você abriu esta página. Excluir mesmo assim?',
    deleted: '“{name}” foi excluído'
  }
}
