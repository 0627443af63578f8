/** Functions as a list, making one, and its settings. */
import type { setup as english } from '../en/setup.js'
import type { Translated } from '../texts.js'

export const setup: Translated<typeof english> = {
  functions: {
    title: 'Funções',
    intro: 'Pequenos programas em Lua que respondem por HTTP e por agendamento.',
    new: 'Nova função',
    search: 'Buscar funções',
    name: 'Nome',
    status: 'Situação',
    triggers: 'Gatilhos',
    version: 'Versão',
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
    nothingFound: 'Nenhuma função corresponde',
    nothingFoundText: 'A busca olha nomes e descrições.'
  },
  create: {
    title: 'Nova função',
    intro: 'Comece com um programa que funciona e faça dele o seu.',
    template: 'Modelo',
    optional: 'Opcional',
    showCode: 'Mostrar o código',
    submit: 'Criar função',
    done: '“{name}” foi criada'
  },
  templates: {
    http: 'Endpoint HTTP',
    httpText: 'Responde a uma requisição com JSON.',
    rest: 'API REST',
    restText: 'Rotas, parâmetros no caminho e notas guardadas.',
    counter: 'Contador',
    counterText: 'Guarda um número entre as chamadas.',
    scheduled: 'Tarefa agendada',
    scheduledText: 'Roda sozinha e lembra quando.',
    webhook: 'Webhook com assinatura',
    webhookText: 'Confere uma assinatura HMAC antes de confiar.',
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
    settings: 'Configurações',
    copyAddress: 'Copiar o endereço',
    missing: 'Esta função não existe',
    missingText: 'Ela pode ter sido excluída.'
  },
  settings: { general: 'Geral', name: 'Nome', description: 'Descrição' },
  variables: {
    title: 'Variáveis de ambiente',
    intro: 'Lidas em Lua com env.get. Uma mudança vale a partir da próxima execução.',
    empty: 'Ainda não há nenhuma.',
    unnamed: 'Nova variável',
    name: 'NOME',
    add: 'Adicionar variável',
    show: 'Mostrar valor',
    showAll: 'Mostrar valores',
    hideAll: 'Esconder valores',
    pasteHint: 'Ou cole aqui um .env inteiro.',
    pasted_one: '{count} variável colada',
    pasted_other: '{count} variáveis coladas',
    twice: '{name} aparece duas vezes.'
  },
  schedule: {
    title: 'Agendamento',
    intro: 'Executa a função sozinha.',
    expression: 'Expressão cron',
    hint: 'Minuto, hora, dia do mês, mês, dia da semana. CRON_TZ=Zona na frente define o fuso horário.',
    presets: 'Agendamentos comuns',
    everyFiveMinutes: 'A cada 5 minutos',
    hourly: 'A cada hora',
    daily: 'Todo dia às 9h',
    weekdays: 'Dias úteis às 9h',
    monthly: 'Dia primeiro do mês',
    next: 'As próximas execuções, no seu horário ({zone})',
    neverRuns: 'Nenhuma data corresponde a este agendamento.',
    active: 'Ativo',
    paused: 'Pausado',
    catchUp: 'Executar uma vez ao iniciar quando uma execução foi perdida',
    clear: 'Remover agendamento'
  },
  records: {
    title: 'Execuções',
    retention: 'Guardar execuções por',
    retentionHint: 'Registros e requisições de IA e e-mail vão junto.',
    days_one: '{count} dia',
    days_other: '{count} dias',
    saveResponse: 'Guardar respostas',
    saveResponseHint: 'Guarda o que a função responde, sem mascarar, em cada execução.'
  },
  origin: {
    title: 'Páginas no navegador',
    allow: 'Mesma origem do painel',
    allowHint: 'O navegador mantém uma página desta função separada de tudo o mais neste servidor. Com esta opção ela pode usar cookies e armazenamento, e ler e fazer tudo o que você pode enquanto está conectado aqui. Deixe desligada, a menos que confie em cada linha da função.'
  },
  danger: {
    title: 'Zona de perigo',
    enable: 'Ativar função',
    enableText: 'Ela volta a responder e a rodar no agendamento.',
    disable: 'Desativar função',
    disableText: 'Ela responde 403 e o agendamento descansa até ser ativada de novo.',
    enabled: 'A função está ativa',
    disabled: 'A função está desativada',
    delete: 'Excluir função',
    deleteTitle: 'Excluir “{name}”?',
    deleteText: 'Versões, execuções, dados e variáveis vão junto, para sempre.',
    deleted: '“{name}” foi excluída'
  }
}
