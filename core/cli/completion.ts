/** Completion scripts, made from the commands themselves. */
import type { Command } from 'commander'

type Shell = 'bash' | 'zsh' | 'fish'

interface Completed {
  readonly name: string
  readonly description: string
  readonly options: readonly string[]
  /** Subcommands, or the values that its argument may have. */
  readonly words: readonly string[]
}

export const completionScript = (program: Command, shell: Shell): string =>
  scripts[shell](program.commands.map(toCompleted))

function toCompleted(command: Command): Completed {
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
  return {
    name: command.name(),
    description: command.description(),
    options: [
      ...new Set(
        [command, ...command.commands]
          .flatMap(one => one.options)
          .flatMap(({ long }) => long ?? [])
          .concat('--json', '--help')
      )
    ],
    words: [...command.commands.map(one => one.name()), ...choices]
  }
}

const scripts: Readonly<Record<Shell, (commands: readonly Completed[]) => string>> = {
  bash: commands => `# moonlet: completion for bash
_moonlet() {
  local word="\${COMP_WORDS[COMP_CWORD]}" command="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in -*) ;; *) command="\${COMP_WORDS[i]}"; break ;; esac
  done
  case "$command" in
${commands
  .map(
    ({ name, options, words }) =>
      `    ${name}) COMPREPLY=($(compgen -W "${[...words, ...options].join(' ')}" -- "$word")) ;;`
  )
  .join('\n')}
    *) COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')} --json --help --version" -- "$word")) ;;
  esac
}
complete -o default -F _moonlet moonlet
`,
  zsh: commands => `#compdef moonlet
_moonlet() {
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "\${words[2]}" in
${commands
  .map(
    ({ name, options, words }) =>
      `    ${name}) compadd -- ${[...words, ...options].join(' ')}; _files ;;`
  )
  .join('\n')}
  esac
}
compdef _moonlet moonlet
`,
  fish: commands => `# moonlet: completion for fish
${commands
  .flatMap(({ name, description, options, words }) => [
    `complete -c moonlet -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
    ...words.map(word => `complete -c moonlet -n '__fish_seen_subcommand_from ${name}' -a ${word}`),
    ...options.map(
      option => `complete -c moonlet -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`
    )
  ])
  .join('\n')}
`
}

/** For all three shells: in single quotes nothing has a meaning but a single quote itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
