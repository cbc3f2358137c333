import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../time/virtual-clock.ts';
import { LocalAddresses } from './local-address.ts';

test('the kernel tells the address towards loopback, and that there is no way', () => {
  const addresses = new LocalAddresses(new VirtualClock());
  assert.equal(addresses.towards('127.0.0.1'), '127.0.0.1');
  assert.equal(addresses.towards('::1'), '::1');
  assert.equal(addresses.towards('255.255.255.255'), undefined);
});

test('it is asked once a minute, since a machine may change its network', () => {
  const clock = new VirtualClock();
  let asked = 0;
  const addresses = new LocalAddresses(clock, () => `10.0.0.${++asked}`);
  for (let i = 0; i < 3; i++) assert.equal(addresses.towards('192.0.2.1'), '10.0.0.1');
  clock.advance(60_000);
  assert.equal(addresses.towards('192.0.2.1'), '10.0.0.2');
});

test('what is remembered is bounded', () => {
  let asked = 0;
  const addresses = new LocalAddresses(new VirtualClock(), () => `10.0.0.${++asked}`);
  for (let i = 0; i <= 4096; i++) addresses.towards(`a${i}`);
  addresses.towards('a4096');
  assert.equal(asked, 4097);
  addresses.towards('a0');
  assert.equal(asked, 4098);
});
