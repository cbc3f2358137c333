import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from './metrics.ts';

test('counters, gauges and histograms appear in the text', async () => {
  const metrics = createMetrics(false);
  const calls = metrics.counter('unisono_calls_total', 'Calls.', ['outcome']);
  calls.add({ outcome: 'answered' });
  calls.add({ outcome: 'answered' }, 2);
  metrics.gauge('unisono_contacts', 'Registered contacts.', () => 7);
  metrics.histogram('unisono_setup_seconds', 'Setup time.', [0.001, 0.01]).observe(0.005);
  const text = await metrics.text();
  assert.match(text, /unisono_calls_total\{outcome="answered"\} 3/);
  assert.match(text, /unisono_contacts 7/);
  assert.match(text, /unisono_setup_seconds_bucket\{le="0.001"\} 0\n.*le="0.01"\} 1/);
});
