/** The servers on one database. */
import type { nodeTexts as english } from '../en/nodes.js'
import type { Translated } from '../texts.js'

export const nodeTexts: Translated<typeof english> = {
  nodes: {
    intro:
      'Os servidores que trabalham neste banco de dados. Cada um diz a cada poucos segundos como está.',
    single:
      'Um só servidor trabalha nestes dados, que estão no SQLite; vários precisam do PostgreSQL, veja',
    guide: 'Outgrow one machine (em inglês)',
    mixed:
      'Servidores de versões diferentes trabalham juntos ({versions}): atualize os mais antigos.',
    server: 'Servidor',
    version: 'Versão',
    load: 'Carga',
    sandboxes: 'Sandboxes',
    lag: 'Atraso',
    answers: 'responde esta página',
    leads: 'lidera',
    leadsHint: 'Faz o que um servidor faz por todos: agendamentos, alertas, retenção',
    gone: 'fora do ar',
    upSince: 'Número {id}, iniciado {when}',
    goneSince: 'Número {id}, visto pela última vez {when}',
    versionOf: 'Versão {version}',
    calls: '{rate} chamadas/s, {running} em execução',
    machine_one: 'carga {load} em {count} núcleo',
    machine_other: 'carga {load} em {count} núcleos',
    memory: '{size}',
    processes: '{busy} ocupadas, {idle} livres',
    most: 'no máximo {max}',
    waiting_one: '{count} chamada espera',
    waiting_other: '{count} chamadas esperam',
    delay: 'laço de eventos {time} atrasado',
    seen: 'visto há {time}',
    behind_one: '{count} alteração atrás',
    behind_other: '{count} alterações atrás'
  }
}
