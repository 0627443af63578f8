/** SQL of both databases names columns as records do; PostgreSQL folds such names unless they are quoted. */
export const quoteNames = (sql: string): string => sql.replace(/\bas ([a-z]+[A-Z]\w*)/g, 'as "$1"')
