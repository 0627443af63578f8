/** What a run of tests prints: a line a file and what failed, or the whole as one TAP document. */

/**
 * Results of the assertions of one file, which tap prints last, such as `# { total: 3, pass: 2, fail: 1 }`. A file
 * that did not get that far, or ended badly although all passed, has one failure more.
 */
function count({ output, ended }) {
  const all = [...output.matchAll(/^# \{ (total: [^}]*) \}$/gm)].at(-1)?.[1] ?? ''
  const of = name => Number(new RegExp(`\\b${name}: (\\d+)`).exec(all)?.[1] ?? 0)
  const counts = { pass: of('pass'), fail: of('fail'), skip: of('skip') + of('todo') }
  const isSound = ended === 0 && all !== ''
  return isSound || counts.fail > 0 ? counts : { ...counts, fail: 1 }
}

/** Whether anything failed in the file. */
export const failed = result => count(result).fail > 0

/** Counts of all files together. */
function createTotal() {
  const total = { pass: 0, fail: 0, skip: 0 }
  return {
    total,
    add(result) {
      const counts = count(result)
      for (const name of Object.keys(total)) total[name] += counts[name]
      return counts
    }
  }
}

/** A line for each file as it ends; below it what failed in it, and what it wrote to stderr. */
function reportFiles() {
  const began = performance.now()
  const { total, add } = createTotal()
  const failures = []
  return {
    addSecond(first, second) {
      console.log(
        `AGAIN  ${sourceOf(first.file)}, which failed among others:\n${failuresOf(first)}`
      )
      this.add(second)
    },
    add(result) {
      const counts = add(result)
      const name = sourceOf(result.file)
      const skipped = counts.skip > 0 ? `, ${counts.skip} skipped` : ''
      const mark = counts.fail === 0 ? 'ok    ' : 'FAILED'
      console.log(
        `${mark} ${name} (${counts.pass} passed${skipped}, ${result.seconds.toFixed(1)} s)`
      )
      if (result.errors.trim() !== '') console.log(result.errors.trimEnd())
      if (counts.fail === 0) return
      failures.push(name)
      console.log(failuresOf(result))
    },
    end() {
      const minutes = ((performance.now() - began) / 60_000).toFixed(1)
      for (const name of failures) console.log(`FAILED ${name}`)
      console.log(
        `${total.pass} passed, ${total.fail} failed, ${total.skip} skipped in ${minutes} minutes`
      )
      return failures.length === 0
    }
  }
}

const sourceOf = file => file.replace(/^dist\//, '').replace(/\.js$/, '.ts')

/** Each failed result of a TAP document with the account of it; how the file ended when it says nothing. */
function failuresOf({ output, ended }) {
  const failures = output.match(
    /^ *not ok (?!.*# (?:SKIP|TODO)).*(?:\n( *)---\n(?:.*\n)*?\1\.\.\.)?/gm
  )
  if (failures !== null) return failures.join('\n')
  return `${output.split('\n').slice(-40).join('\n')}\nended with ${ended}`
}

/** The documents of all files as subtests of one. */
function reportTap() {
  const { total, add } = createTotal()
  let files = 0
  console.log('TAP version 14')
  return {
    addSecond(first, second) {
      const account = failuresOf(first).replace(/^/gm, '# ')
      console.log(`# again: ${first.file} failed among others\n${account}`)
      this.add(second)
    },
    add(result) {
      const { fail } = add(result)
      const indented = result.output.replace(/^TAP version .*\n/, '').replace(/^(?=.)/gm, '    ')
      if (result.errors !== '') process.stderr.write(result.errors)
      files++
      console.log(`# Subtest: ${result.file}\n${indented}`)
      const time = `# time=${Math.round(result.seconds * 1000)}ms`
      const how = result.ended === 0 ? '' : `\n  ---\n  ended: ${result.ended}\n  ...`
      console.log(`${fail === 0 ? 'ok' : 'not ok'} ${files} - ${result.file} ${time}${how}`)
    },
    end() {
      console.log(`1..${files}`)
      const counts = Object.entries({ total: total.pass + total.fail + total.skip, ...total })
      console.log(`# { ${counts.map(([name, value]) => `${name}: ${value}`).join(', ')} }`)
      return total.fail === 0
    }
  }
}

export const reporters = { files: reportFiles, tap: reportTap }
