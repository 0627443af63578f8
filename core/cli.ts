#!/usr/bin/env node
/** The `moonlet` program. */
import { createTerminal } from './cli/terminal.js'
import { runProgram } from './cli/program.js'

process.exitCode = await runProgram(process.argv.slice(2), createTerminal(process.stdout, process.stderr))
