/** Who may call a function, where, how often and how much. */
import type { accessTexts as english } from '../en/access.js'
import type { Translated } from '../texts.js'

export const accessTexts: Translated<typeof english> = {
  access: {
    callers: 'Quem pode chamá-la',
    mode_public: 'Pública',
    mode_key: 'Com uma chave',
    mode_signature: 'Assinada',
    mode_internal: 'Interna',
    about_public: 'Qualquer um que conheça o endereço.',
    about_key: 'Quem enviar uma das chaves dela. Os outros recebem 401.',
    about_signature: 'Webhooks: quem assina o corpo com um segredo compartilhado com você.',
    about_internal: 'Ninguém de fora. O endereço responde 404.',
    preset: 'Assina como',
    generic: 'Outro remetente (HMAC do corpo)',
    secret: 'Variável com o segredo',
    secretHint: 'O nome de uma das variáveis de ambiente desta função.',
    unset: '{name} ainda não foi definida: até lá, as chamadas recebem 401.',
    header: 'Cabeçalho com a assinatura',
    algorithm: 'Algoritmo',
    encoding: 'Escrita em',
    prefix: 'O que vem antes dela',
    command: 'Chame-a de um terminal',
    copyCommand: 'Copiar o comando',
    commandKey: 'Coloque uma das chaves na primeira linha.',
    commandSecret: 'Execute onde {name} tem o segredo. É preciso ter openssl.',
    internalNote: 'Só funções deste servidor, agendamentos e este painel podem executá-la.'
  },
  keys: {
    title: 'Chaves',
    intro: 'Uma para cada um que chama. Crie a nova antes de encerrar a antiga.',
    shownOnce: 'Copie a chave agora. Ela não será mostrada de novo.',
    newKey: 'A nova chave',
    copy: 'Copiar a chave',
    none: 'Ainda não há chaves.',
    name: 'Nome, como “loja”',
    expiry: 'Validade',
    expiry_never: 'Não expira',
    expiry_30: 'Expira em 30 dias',
    expiry_90: 'Expira em 90 dias',
    expiry_365: 'Expira em um ano',
    expiry_date: 'Expira em um dia…',
    date: 'Último dia',
    make: 'Criar chave',
    made: 'criada {when}',
    used: 'usada {when}',
    unused: 'nunca usada',
    until: 'até {when}',
    forever: 'não expira',
    expired: 'Expirada',
    end: 'Encerrar',
    endNamed: 'Encerrar a chave “{name}”',
    endTitle: 'Encerrar a chave “{name}”?',
    endText: 'As chamadas com ela passam a receber 401.',
    ended: 'A chave “{name}” foi encerrada'
  }
}
