import t from 'tap'
import { findRequired, isRequired, requireLine } from '../../../public/editor/required.js'

t.test('the module behind a local name is found, however require is written', async t => {
  t.equal(findRequired('local w = require("words")', 'w'), 'words')
  t.equal(findRequired("local x = 1\nlocal w=require 'words'", 'w'), 'words')
  t.equal(findRequired('local w = require("words")', 'words'), undefined)
})

t.test('the last of several wins', async t => {
  t.equal(findRequired('local w = require("a")\nlocal w = require("b")', 'w'), 'b')
})

t.test('what is commented out loads nothing', async t => {
  t.equal(findRequired('-- local w = require("words")', 'w'), undefined)
  t.equal(isRequired('-- local w = require("words")', 'words'), false)
})

t.test('a module in a folder is called by the last part of its name', async t => {
  t.equal(requireLine('shop.prices'), 'local prices = require("shop.prices")')
  t.equal(findRequired(requireLine('shop.prices'), 'prices'), 'shop.prices')
})

t.test('the line that is offered loads the module', async t => {
  t.equal(isRequired(requireLine('words'), 'words'), true)
  t.equal(findRequired(requireLine('words'), 'words'), 'words')
})
