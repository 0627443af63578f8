/** What the server answers to pages that are loaded when they are first opened, in Portuguese. */
import type { Rule } from './server.js'

export const laterServerTexts: readonly Rule[] = [
  [/^Module not found$/, 'Este módulo não existe.'],
  [
    /^name: name must be made of letters, digits and _.*$/,
    'O nome tem letras, dígitos e _, como shop ou shop.prices.'
  ],
  [
    /^name: name must be another one: "(.*)" .*$/,
    '“$1” já é um nome de Lua ou deste servidor; escolha outro.'
  ],
  [/^name: "(.*)" is the name of another module.*$/, 'Outro módulo já se chama “$1”.'],
  [
    /^name: "(.*)" differs from "(.*)" \(.*$/,
    '“$1” só difere de “$2” em maiúsculas e minúsculas; escolha outro nome.'
  ],
  [
    /^The module "(.*?)" is required by (.*)\. Change them first, or repeat.*$/,
    'O módulo “$1” ainda é usado por $2.'
  ],
  [/^Alert not found$/, 'Este alerta não existe.'],
  [/^There are (\d+) alerts, which is the most$/, 'Já há $1 alertas, o máximo.'],
  [/^target: target\.url must be/, 'O endereço começa com http:// ou https://.'],
  [
    /^target: target\.url must have no user/,
    'O endereço não leva usuário e senha; envie-os como cabeçalho.'
  ],
  [/^target: target\.headers: '(.*)' is no name/, '“$1” não é o nome de um cabeçalho.'],
  [/^target: target\.headers: the value of '(.*)'/, 'O valor de “$1” não pode ser enviado.'],
  [/^target: target\.headers cannot be more than (\d+)$/, 'No máximo $1 cabeçalhos.'],
  [/^target: target\.to must have 1 to (\d+)/, 'Escreva de 1 a $1 endereços.'],
  [/^target: target\.to: '(.*)' is no mail address$/, '“$1” não é um endereço de e-mail.'],
  [/^target: target\.function_id/, 'Escolha a função a chamar.'],
  [/^function_id: there is no function/, 'Esta função não existe.'],
  [/^target: .*SMTP_URL.*$/, 'O e-mail precisa das configurações SMTP_URL e MAIL_FROM.'],
  [
    /^There are (\d+) tokens, which is the most/,
    'Já há $1 tokens, o máximo; encerre um que não se usa.'
  ],
  [/^Job not found$/, 'Esta tarefa não existe.'],
  [/^version: the function has no version (\d+)$/, 'A função não tem a versão $1.'],
  [/^version: the function (\w+) has no version (\d+)$/, 'A função $1 não tem a versão $2.'],
  [
    /^version: a version is one of a function/,
    'Uma versão é de uma função: o filtro deve ter function_id.'
  ],
  [/^This job is (\w+); only a finished one/, 'Só uma tarefa que terminou é executada de novo.'],
  [/^This job is (\w+); only one that has not/, 'Só uma tarefa que não terminou é cancelada.'],
  [/^This job is (\w+); cancel it/, 'Esta tarefa está em execução; cancele-a ou espere.'],
  [
    /^retry: \w+ must be (?:a number|a whole number) from (\S+) to (\S+)$/,
    'Escreva um número de $1 a $2.'
  ],
  [
    /^access: secret must be the name of one of the environment variables/,
    'O segredo é o nome de uma das variáveis de ambiente da função.'
  ],
  [
    /^access: header must be the name of the header/,
    'Escreva o nome do cabeçalho que traz a assinatura.'
  ],
  [
    /^access: prefix must be a text of at most (\d+)/,
    'O que vem antes tem no máximo $1 caracteres ASCII visíveis.'
  ],
  [
    /^slug: "(.*)" is the slug of the function (.+) \((\w+)\)$/,
    'O nome “$1” já é o da função $2 ($3).'
  ],
  [
    /^routes: (\/\S*)(?: on (\S+))? is a route of the function (.+) \((\w+)\)$/,
    'A rota $1 $2 já é da função $3 ($4).'
  ],
  [/^routes: (\/\S*) would hide (.+) \((.+)\)$/, 'A rota $1 esconderia $2 ($3).'],
  [/^cors: origins must contain only/, 'Escreva origens como https://shop.example.org, ou *.'],
  [/^cors: origins must be a list of 1 to (\d+) texts$/, 'Escreva de 1 a $1 origens.'],
  [/^cors: headers must contain only/, 'Escreva nomes de cabeçalhos.'],
  [/^\w+: (\w+) must be a list of 1 to (\d+) texts$/, '$1: escreva de 1 a $2.'],
  [/^\w+: (\w+) names one of them twice$/, '$1: um deles está duas vezes.'],
  [
    /^\w+: \w+ must be a whole number of at least (\d+)$/,
    'Escreva um número inteiro a partir de $1.'
  ],
  [/^\w+: \w+ cannot be more than (\d+) \(setting (\w+)\)$/, 'No máximo $1 (configuração $2).'],
  [/^\w+: \w+ cannot be more than (\d+)$/, 'No máximo $1.'],
  [/^routes: pattern must be a path/, 'O padrão é um caminho como /loja/:item.'],
  [
    /^routes: routes must contain only objects/,
    'As rotas são objetos com os campos pattern, methods, host.'
  ],
  [
    /^routes: pattern has (\d+) parameters between two slashes; at most (\d+)/,
    'O padrão tem $1 parâmetros entre duas barras; no máximo $2.'
  ],
  [/^routes: pattern has a parameter without a name$/, 'O padrão tem um parâmetro sem nome.'],
  [/^routes: pattern has the parameter (:.*) twice$/, 'O parâmetro $1 está duas vezes no padrão.'],
  [
    /^routes: pattern may say of a parameter/,
    'Um parâmetro sozinho entre duas barras pode dizer que caracteres tem, como :id(\\d+), ou que palavras, ' +
      'como :size(small|large), e nada mais.'
  ],
  [/^routes: pattern (".*") cannot be used: (.*)$/, 'O padrão $1 não pode ser usado: $2'],
  [
    /^routes: methods (?:must contain only some of \[(.*)\]|.*)$/,
    'Os métodos são alguns destes, cada um uma vez: GET, POST, PUT, DELETE, PATCH, HEAD, OPTIONS.'
  ],
  [/^This token is unknown or has been ended$/, 'Este token não é conhecido ou foi encerrado.'],
  [/^This token has expired$/, 'Este token expirou.'],
  [
    /^This token is for some functions only; this concerns all of them$/,
    'Este token é só de algumas funções, e isto diz respeito a todas.'
  ],
  [/^functions: functions must name at least one/, 'Escolha ao menos uma função.'],
  [/^functions: functions has the same id twice$/, 'Uma das funções está duas vezes.'],
  [/^id: id must be 20 of the characters/, 'Um id tem 20 dos caracteres 0-9 e a-v.'],
  [/^Token not found$/, 'Este token não existe mais.'],
  [
    /^function_id: function_id must be empty for disk_low/,
    'Um alerta sobre o disco é do servidor, não de uma função.'
  ],
  [/^target: target is needed$/, 'Escolha a quem avisar.'],
  [/^ids: either ids or filter must be given$/, 'Faltam as tarefas.'],
  [/^version: version must be the number of a version$/, 'Escreva o número de uma versão.'],
  [/^filter: function_id must be a text$/, 'A função do filtro é um texto.'],
  [/^delay: a job needs a time/, 'Uma tarefa precisa de um instante em que é executada.']
]
