/**
 * What the server answers, in Portuguese: its API speaks English. A text that is not here is shown as it came, behind
 * what its status means.
 */
export type Rule = readonly [said: RegExp, text: string]

const serverTexts: Rule[] = [
  [/^Function not found$/, 'Esta função não existe.'],
  [/^Execution not found$/, 'Esta execução não existe.'],
  [/^Key not found$/, 'Esta chave não existe.'],
  [/^Token not found$/, 'Este token não existe mais.'],
  [/^This token is unknown or has been ended$/, 'Este token não existe ou foi encerrado.'],
  [/^This token has expired$/, 'Este token expirou.'],
  [/^This token is for some functions only/, 'Este token é só para algumas funções.'],
  [/^functions: functions must name at least one/, 'Escolha pelo menos uma função.'],
  [/^functions: functions has the same id twice$/, 'A mesma função está duas vezes.'],
  [/^id: id must be 20 of the characters/, 'O id tem 20 caracteres de 0-9 e a-v.'],
  [/^Session not found$/, 'Esta sessão não existe.'],
  [/^Version (?:(.+) )?not found$/, 'Esta versão não existe. $1'],
  [/^Function is disabled$/, 'A função está desativada.'],
  [/^No active version found$/, 'A função não tem uma versão ativa.'],
  [
    /^This execution has no event to run again with$/,
    'Esta execução não tem um evento com que ser executada de novo.'
  ],
  [/^Cannot delete active version$/, 'A versão ativa não pode ser excluída.'],
  [/^Invalid version number(?: (.+))?$/, 'Número de versão inválido. $1'],
  [/^Authentication required$/, 'É preciso entrar.'],
  [
    /^A page of another origin cannot sign in or out here/,
    'Uma página de outra origem não pode entrar nem sair aqui.'
  ],
  [
    /^A page of another origin cannot act with this session/,
    'Uma página de outra origem não pode agir com esta sessão.'
  ],
  [/^Invalid API key$/, 'Esta não é a chave de API deste servidor.'],
  [
    /^Too many wrong keys from this address; try again in (\d+) seconds$/,
    'Chaves erradas demais vindas deste endereço; tente de novo em $1 segundos.'
  ],
  [/^There are already (\d+) listeners$/, 'Já há $1 conexões ao vivo.'],
  [/^(key|key_bytes): \1 is missing$/, 'Falta $1.'],
  [/^Invalid request body$/, 'O corpo da requisição é inválido.'],
  [
    /^The request body is larger than (\d+) bytes \(setting BODY_LIMIT\)$/,
    'O corpo da requisição tem mais de $1 bytes (configuração BODY_LIMIT).'
  ],
  [
    /^The body is larger than (\d+) bytes \(BODY_LIMIT\)$/,
    'O corpo tem mais de $1 bytes (BODY_LIMIT).'
  ],
  [
    /^The path has a broken percent escape/,
    'O caminho tem um escape de porcentagem incompleto; escreva % como %25.'
  ],
  [
    /^slug: slug must be 1 to 63 of the characters/,
    'O slug tem de 1 a 63 caracteres a-z, 0-9 e -, e não começa nem termina com -.'
  ],
  [/^slug: slug cannot have the form of an id$/, 'O slug não pode ter a forma de um id.'],
  [
    /^routes: host must be a host name such as (\S+), without a port$/,
    'O host da rota é um nome como $1, sem porta.'
  ],
  [
    /^cors: cors must be "function" or an object with the field origins/,
    'CORS é "function" ou um objeto com o campo origins; {} o desliga.'
  ],
  [
    /^cors: credentials need origins by name/,
    'Credenciais exigem origens pelo nome: navegadores não as aceitam com *.'
  ],
  [
    /^expires_at: expires_at must be a time in Unix seconds, at most (\d+), not (\S+)$/,
    'A validade é um instante em segundos Unix, no máximo $1, não $2.'
  ],
  [
    /^expires_at: expires_at must be in the future, not \d+ \((\S+)\)$/,
    'A validade fica no futuro, não em $1.'
  ],
  [/^Internal server error$/, 'Erro interno do servidor. O registro do servidor diz mais.'],
  [/^code: code cannot be empty$/, 'O código não pode ficar vazio.'],
  [/^code: code cannot be longer than (\d+) bytes$/, 'O código não pode ter mais de $1 bytes.'],
  [/^name: name cannot be empty$/, 'O nome não pode ficar vazio.'],
  [/^name: name cannot be longer than (\d+) characters$/, 'O nome não pode ter mais de $1 bytes.'],
  [
    /^description: description cannot be longer than (\d+) characters$/,
    'A descrição não pode ter mais de $1 bytes.'
  ],
  [
    /^env_var_key: environment variable key cannot be empty$/,
    'O nome de uma variável não pode ficar vazio.'
  ],
  [
    /^env_var_key: environment variable key cannot be longer than (\d+) characters$/,
    'O nome de uma variável não pode ter mais de $1 bytes.'
  ],
  [
    /^env_var_key: environment variable key can only contain letters, numbers, and underscores$/,
    'O nome de uma variável só pode ter letras, dígitos e _.'
  ],
  [
    /^env_var_value: environment variable value cannot be empty$/,
    'O valor de uma variável não pode ficar vazio.'
  ],
  [
    /^env_var_value: environment variable value cannot be longer than (\d+) characters$/,
    'O valor de uma variável não pode ter mais de $1 bytes.'
  ],
  [
    /^env_vars: cannot have more than (\d+) environment variables$/,
    'Não são possíveis mais de $1 variáveis.'
  ],
  [/^env_vars: env_vars cannot be nil$/, 'Faltam as variáveis.'],
  [/^request: at least one field must be provided for update$/, 'Não há nada a mudar.'],
  [/^value: value cannot be longer than (\d+) bytes$/, 'O valor não pode ter mais de $1 bytes.'],
  [/^event\.path: event\.path must begin with \/$/, 'O caminho deve começar com /.'],
  [
    /^event\.method: event\.method must be a method such as GET or POST$/,
    'O método deve ser um como GET ou POST.'
  ],
  [
    /^event\.headers: event\.headers has a name that no header can have: (.+)$/,
    'Nenhum cabeçalho pode se chamar $1.'
  ],
  [/^[\w.]+: ([\w.]+) must be one of: \[(.*)\]$/, '$1 deve ser um destes: $2.'],
  [/^[\w.]+: ([\w.]+) must be true or false$/, '$1 deve ser true ou false.'],
  [/^[\w.]+: ([\w.]+) must be base64$/, '$1 deve estar em base64.'],
  [
    /^[\w.]+: ([\w.]+) must be a whole number(?: from (\d+))?(?: (?:up )?to (\d+))?$/,
    '$1 deve ser um número inteiro no intervalo permitido.'
  ],
  [
    /^[\w.]+: ([\w.]+) cannot be longer than (\d+) characters$/,
    '$1 não pode ter mais de $2 caracteres.'
  ],
  [
    /^"(.*)" is not supported; write five fields such as "(.*)"$/,
    '“$1” não é aceito; escreva cinco campos, como “$2”.'
  ],
  [
    /^expected 5 fields \(minute hour day month weekday\), found (\d+)$/,
    'São esperados 5 campos (minuto, hora, dia, mês, dia da semana), e há $1.'
  ],
  [/^"(.*)" is not a time zone such as (.+)$/, '“$1” não é um fuso horário como $2.'],
  [
    /^([\w -]+): "(.*)" is not a list of values, ranges and steps$/,
    '$1: “$2” não é uma lista de valores, intervalos e passos.'
  ],
  [/^([\w -]+): "(.*)" is not a range$/, '$1: “$2” não é um intervalo.'],
  [/^([\w -]+): range "(.*)" runs backwards$/, '$1: o intervalo “$2” está invertido.'],
  [
    /^([\w -]+): "(.*)" is not a number(?: or a name such as (\w+))?$/,
    '$1: “$2” não é um número nem um nome aceito.'
  ],
  [
    /^([\w -]+): (\d+) is out of range \((\d+) to (\d+)\)$/,
    '$1: $2 está fora do intervalo de $3 a $4.'
  ],
  [
    /^([\w -]+): step "(.*)" is not a whole number above 0$/,
    '$1: o passo “$2” não é um número inteiro maior que 0.'
  ]
]

/** Those that only a page meets which is loaded when it is first opened. */
export const addServerTexts = (rules: readonly Rule[]): void => {
  serverTexts.unshift(...rules)
}

const scheduleProblem = /^cron_schedule: invalid cron expression: /

/** By the text that the server answers; undefined when it is not known. */
export function translateServerText(text: string): string | undefined {
  const said = text.replace(scheduleProblem, '')
  const rule = serverTexts.find(([known]) => known.test(said))
  return rule === undefined ? undefined : said.replace(rule[0], rule[1]).trim()
}
