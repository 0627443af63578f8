/** Functions as a list, making one, and its settings. */
import type { settingsTexts as english } from '../en/settings.js'
import type { Translated } from '../texts.js'

export const settingsTexts: Translated<typeof english> = {
  functions: {
    title: 'Funções',
    intro: 'Pequenos programas em Lua que respondem por HTTP e por agendamento.',
    new: 'Nova função',
    search: 'Buscar funções',
    name: 'Nome',
    status: 'Situação',
    triggers: 'Gatilhos',
    version: 'Versão',
    order: 'Ordem',
    order_newest: 'Mais novas primeiro',
    order_created_at: 'Mais antigas primeiro',
    order_name: 'Nome, de A a Z',
    'order_-name': 'Nome, de Z a A',
    order_updated_at: 'Alteradas há mais tempo',
    'order_-updated_at': 'Alteradas mais recentemente',
    changed: 'Alterada',
    lastRun: 'Última execução',
    never: 'Nunca',
    enabled: 'Ativa',
    disabled: 'Desativada',
    cron: 'Agendada',
    cronPaused: 'Agendamento pausado',
    emptyTitle: 'Sua primeira função está a um clique',
    emptyText: 'Ela cumprimenta quem a chama. Você verá como chamá-la e poderá mudar cada linha.',
    createFirst: 'Criar uma função',
    seeTemplates: 'Ver todos os modelos',
    firstName: 'Olá',
    nothingFound: 'Nenhuma função corresponde à busca',
    nothingFoundText: 'A busca abrange nomes e descrições.'
  },
  create: {
    title: 'Nova função',
    intro: 'Comece com um programa que funciona e faça dele o seu.',
    template: 'Modelo',
    needs: 'Depois de criar, defina {names} nas configurações; a página Testar avisa.',
    getsSecret:
      '{name} recebe um valor aleatório. As configurações o mostram, e Testar assina a primeira chamada com ele.',
    runsHourly: 'Ela já começa executando a cada hora ({schedule}). Isso muda nas configurações.',
    optional: 'Opcional',
    showCode: 'Mostrar o código',
    submit: 'Criar função',
    done: '“{name}” foi criada'
  },
  templates: {
    http: 'Endpoint HTTP',
    httpText: 'Responde a uma requisição com JSON.',
    blank: 'Em branco',
    blankText: 'Um handler vazio.',
    rest: 'API REST',
    restText: 'Rotas, parâmetros de caminho e notas guardadas.',
    counter: 'Contador',
    counterText: 'Guarda um número entre as chamadas.',
    scheduled: 'Tarefa agendada',
    scheduledText: 'É executada por si e guarda quando foi.',
    webhook: 'Webhook com assinatura',
    webhookText: 'Confere uma assinatura HMAC antes de confiar.',
    worker: 'Trabalho em segundo plano',
    workerText: 'Responde na hora e faz o trabalho depois.',
    deliver: 'Webhook com novas tentativas',
    deliverText: 'Entrega um evento até que o outro lado o aceite.',
    chat: 'Falha no chat',
    chatText: 'Avisa um chat do que falha: o destino de um alerta.',
    page: 'Página web',
    pageText: 'Responde com HTML, devidamente escapado.',
    ai: 'Conversa com IA',
    aiText: 'Pergunta a um modelo de linguagem.',
    email: 'E-mail transacional',
    emailText: 'Envia uma mensagem pelo Resend.'
  },
  fn: {
    tabs: 'Função',
    code: 'Código',
    test: 'Testar',
    executions: 'Execuções',
    versions: 'Versões',
    data: 'Dados',
    access: 'Acesso',
    settings: 'Configurações',
    access_public: 'Pública',
    access_key: 'Com chave',
    access_signature: 'Assinada',
    access_internal: 'Interna',
    refused_one: '{count} chamada recusada',
    refused_other: '{count} chamadas recusadas',
    copyAddress: 'Copiar o endereço',
    missing: 'Esta função não existe',
    missingText: 'Ela pode ter sido excluída.'
  },
  settings: {
    general: 'Geral',
    name: 'Nome',
    description: 'Descrição',
    tooLong:
      '{field}: {size} bytes são demais; no máximo {limit} cabem. Letras com acento ocupam dois.',
    leaveText: 'Ainda não salvo: {names}.',
    leave: 'Sair sem salvar'
  },
  schedule: {
    title: 'Agendamento',
    intro: 'Executa a função automaticamente.',
    expression: 'Expressão cron',
    hint: 'Minuto, hora, dia do mês, mês, dia da semana. CRON_TZ=Fuso no início define o fuso horário.',
    presets: 'Agendamentos comuns',
    everyFiveMinutes: 'A cada 5 minutos',
    hourly: 'A cada hora',
    daily: 'Todo dia às 9h',
    weekdays: 'Dias úteis às 9h',
    monthly: 'Dia primeiro do mês',
    next: 'As próximas execuções, no seu horário ({zone})',
    presetZone: 'Os horários abaixo são no',
    zoneYours: 'seu fuso ({zone})',
    zoneServer: 'fuso do servidor ({zone})',
    pausedNote:
      'O agendamento está pausado: nada é executado automaticamente até que ele seja ativado.',
    nextPaused: 'Quando seria executada se estivesse ativo, no seu horário ({zone})',
    neverRuns: 'Nenhuma data corresponde a este agendamento.',
    active: 'Ativo',
    paused: 'Pausado',
    catchUp: 'Se uma execução foi perdida, executar uma vez quando o servidor iniciar',
    clear: 'Remover agendamento'
  },
  records: {
    title: 'Execuções',
    retention: 'Guardar execuções por',
    retentionHint:
      'Depois disso, os registros e as requisições de IA e de e-mail também são apagados.',
    days_one: '{count} dia',
    days_other: '{count} dias',
    saveResponse: 'Guardar respostas',
    saveResponseHint: 'Guarda com cada execução o que a função respondeu, sem mascarar nada.'
  },
  origin: {
    title: 'Páginas no navegador',
    allow: 'Mesma origem do painel',
    allowHint:
      'O navegador mantém uma página desta função separada de tudo o mais neste servidor. Com esta opção ela pode usar cookies e armazenamento, e ler e fazer tudo o que você pode enquanto está conectado aqui. Deixe desligada, a menos que confie em cada linha da função.'
  },
  danger: {
    title: 'Zona de perigo',
    enable: 'Ativar função',
    enableText: 'Ela volta a responder e a seguir o agendamento.',
    disable: 'Desativar função',
    disableText:
      'Ela passa a responder 403, e o agendamento fica suspenso até que seja ativada de novo.',
    enabled: 'A função está ativa',
    disabled: 'A função está desativada',
    delete: 'Excluir função',
    deleteTitle: 'Excluir “{name}”?',
    deleteText:
      'As versões, execuções, variáveis e os dados dela também serão excluídos, para sempre.',
    deleted: '“{name}” foi excluída'
  }
}
