/** The README's table of settings, made from the declaration. `node dist/config/settings-table.js` prints it. */
import { settings } from './schema.js'

export function settingsTable(): string {
  const rows = Object.entries(settings).map(([name, { doc, defaultText, unit }]) => {
    const unitText = unit === undefined || unit === 'bytes' ? '' : ` ${unit}`
    const value = defaultText === '' ? '' : `\`${defaultText}\``
    return `| \`${name}\` | ${value}${unitText} | ${doc} |`
  })
  return ['| Setting | Default | Meaning |', '|---|---|---|', ...rows].join('\n')
}

if (process.argv[1]?.endsWith('settings-table.js') === true) {
  process.stdout.write(`${settingsTable()}\n`)
}
