import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdownTable, tableRows, withFigures } from './report.ts';

const column = { measurement: 'calls', value: 'perSec', title: 'calls/s', digits: 0, isCompared: true };

function run(target: string, round: number, perSec: number) {
  return { measurement: 'calls', target, round, values: { perSec }, problems: {} };
}

test('the table has medians, spreads and ratios to the references', () => {
  const runs = [run('unisono', 1, 900), run('kamailio', 1, 2_000), run('unisono', 2, 1_100), run('kamailio', 2, 2_000)];
  assert.deepEqual(markdownTable(tableRows(runs, [column]), ['kamailio']).split('\n'), [
    '| what | server | median | lowest – highest | rounds | × kamailio |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    '| calls/s | unisono | 1,000 | 900 – 1,100 | 2 | 0.50 |',
    '| calls/s | kamailio | 2,000 | 2,000 – 2,000 | 2 |  |',
  ]);
});

test('figures that were not measured have no row', () => {
  assert.deepEqual(tableRows([run('unisono', 1, 900)], [{ ...column, measurement: 'forks' }]), []);
});

test('figures are put between the marks of a document, and nowhere else', () => {
  const document = 'a\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nb\n';
  const expected = 'a\n<!-- figures: begin -->\n\nnew\n\n<!-- figures: end -->\nb\n';
  assert.equal(withFigures(document, 'new'), expected);
  assert.throws(() => withFigures('nothing here', 'new'), /has no/);
  const both = `${document}<!-- figures of the client: begin -->\nold\n<!-- figures of the client: end -->\n`;
  assert.equal(
    withFigures(both, 'new', 'figures of the client'),
    both.replace(/begin -->\nold(?=\n<!-- figures of)/, 'begin -->\n\nnew\n'),
  );
});
