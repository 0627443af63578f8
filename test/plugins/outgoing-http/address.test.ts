import t from 'tap'
import { isPublicAddress } from '../../../plugins/outgoing-http/address.js'

t.test('addresses of the public internet are public', async t => {
  for (const address of [
    '1.1.1.1',
    '93.184.216.34',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.0',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::1',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808'
  ]) {
    t.ok(isPublicAddress(address), address)
  }
})

t.test('every special range of IPv4 is refused', async t => {
  for (const address of [
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.255',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255'
  ]) {
    t.notOk(isPublicAddress(address), address)
  }
})

t.test('every special range of IPv6 is refused', async t => {
  for (const address of [
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    'ff02::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '5f00::1',
    '3fff::1'
  ]) {
    t.notOk(isPublicAddress(address), address)
  }
})

t.test('private IPv4 addresses inside IPv6 addresses are refused', async t => {
  for (const address of [
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '0:0:0:0:0:ffff:169.254.169.254',
    '::127.0.0.1',
    '::7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::1.1.1.1',
    '::ffff:0:127.0.0.1'
  ]) {
    t.notOk(isPublicAddress(address), address)
  }
})

t.test(
  'addresses at which clouds answer inside their machines are refused, in every wrapping',
  async t => {
    for (const address of [
      '168.63.129.16',
      '161.26.0.10',
      '166.9.12.3',
      '169.254.169.254',
      '169.254.170.2',
      '100.100.100.200',
      '192.0.0.192',
      'fd00:ec2::254',
      'fd20:ce::254',
      'fe80::a9fe:a9fe',
      '::ffff:168.63.129.16',
      '::ffff:a83f:8110',
      '64:ff9b::168.63.129.16',
      '64:ff9b::a9fe:a9fe',
      '64:ff9b:1::a83f:8110',
      '2002:a83f:8110::1',
      '2002:a9fe:a9fe::',
      '2001:0:a83f:8110::1',
      '::168.63.129.16',
      '::ffff:0:168.63.129.16',
      '2606:4700::5efe:169.254.169.254',
      '2606:4700::200:5efe:10.0.0.1'
    ]) {
      t.notOk(isPublicAddress(address), address)
    }
    for (const address of [
      '168.63.129.15',
      '168.63.129.17',
      '161.25.255.255',
      '166.12.0.0',
      '2606:4700::5efe:8.8.8.8'
    ]) {
      t.ok(isPublicAddress(address), address)
    }
  }
)

t.test('what is no address is refused', async t => {
  for (const text of ['', 'localhost', '1.1.1.1.1', '1.1.1.1/0', ':::']) {
    t.notOk(isPublicAddress(text), text)
  }
})
