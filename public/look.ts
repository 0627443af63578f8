/** The look of a plugin's page: theme and language are those chosen in the dashboard, also when that changes. */
const root = document.documentElement

function read(name: string, fallback: string): string {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(`moonlet.${name}`) ?? 'null')
    return typeof value === 'string' ? value : fallback
  } catch {
    return fallback
  }
}

function apply(): void {
  root.dataset['theme'] = read('theme', 'auto')
  root.lang = read('locale', 'en')
}

apply()
// Only other documents of the same origin are told: this one never writes.
addEventListener('storage', apply)

export {}
