/** `npm run bench`: one server after the other on one core, the load on another, several rounds in turn. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { measureCloud } from './cloud/measurements.ts';
import { cloudStores } from './cloud/stores.ts';
import { COLUMNS } from './columns.ts';
import { describeMachine, type Machine } from './machine.ts';
import { isMeasuredOn, measurements, type Outcome } from './measurements.ts';
import { isMeasuredOnMedia, measureMedia } from './media/measurements.ts';
import { bareRelay, mediaTargets } from './media/targets.ts';
import {
  isCloudMeasurement,
  isMediaMeasurement,
  isPhoneMeasurement,
  isWssMeasurement,
  type MeasurementName,
  type Options,
  readOptions,
  USAGE,
} from './options.ts';
import { chromiumBrowser, measurePhone } from './phone/measurements.ts';
import { type MeasuredRun, markdownTable, tableRows, withFigures } from './report.ts';
import { median } from './statistics.ts';
import { bareWss } from './targets/bare-wss.ts';
import { echo } from './targets/echo.ts';
import { kamailio, tunedKamailio } from './targets/kamailio.ts';
import type { TargetKind } from './targets/target.ts';
import { unisono, writeProfilesTo } from './targets/unisono.ts';
import { measureWss } from './wss/measurements.ts';

/** Datagrams in of a basic call through a B2BUA or proxy; as many go out. */
const DATAGRAMS_PER_CALL = 7;
const DATAGRAMS_PER_REGISTRATION = 2;
/** From this share of a core on, other work spoils a run. */
const DISTURBED_SHARE = 0.1;

const REFERENCES = ['kamailio', 'kamailio-tlsf', 'rtpengine'];
const SIGNALLING_TARGETS: readonly TargetKind[] = [unisono, kamailio, tunedKamailio];

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(USAGE);
    return 0;
  }
  const { machine, runs } = options.from.length > 0 ? readLines(options.from) : await measure(options);
  const figures = figuresOf(machine, runs);
  console.error(`\n${figures}`);
  if (options.update !== undefined) {
    const isOfClient = runs.every(({ measurement }) => isPhoneMeasurement(measurement as MeasurementName));
    const name = isOfClient ? 'figures of the client' : 'figures';
    writeFileSync(options.update, withFigures(readFileSync(options.update, 'utf8'), figures, name));
  }
  return 0;
}

interface Measured {
  readonly machine: Machine & { readonly at: string };
  readonly runs: readonly MeasuredRun[];
}

async function measure(options: Options): Promise<Measured> {
  const emit = output(options);
  const machine = { at: new Date().toISOString(), ...describeMachine() };
  emit({ event: 'machine', ...machine });
  if (options.profile !== undefined) writeProfilesTo(options.profile);
  return { machine, runs: await measureAll(options, emit) };
}

/** What earlier runs have written; the machine is that of the last one. */
function readLines(files: readonly string[]): Measured {
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  const lines = text.split('\n').filter((line) => line !== '');
  const events = lines.map((line) => JSON.parse(line) as { readonly event: string });
  const machine = events.findLast(({ event }) => event === 'machine');
  if (!machine) throw new Error(`--from: no machine is described in ${files.join(', ')}`);
  const runs = events.filter(({ event }) => event === 'run') as unknown as MeasuredRun[];
  return { machine: machine as unknown as Measured['machine'], runs };
}

function figuresOf(machine: Measured['machine'], runs: readonly MeasuredRun[]): string {
  const spoilt = runs.filter((run) => disturbance(run) > DISTURBED_SHARE).length;
  const { at, cpu, cores, memoryGb, kernel, node, kamailio: version, sipp, rtpengine } = machine;
  const references = REFERENCES.filter((name) => runs.some(({ target }) => target === name));
  return [
    `${at.slice(0, 10)}: ${cores} cores of ${cpu}, ${memoryGb} GB, Linux ${kernel}, Node ${node}, Kamailio ${version}, SIPp ${sipp}, rtpengine ${rtpengine}.`,
    // What runs without a core of its own does not know what is other work.
    ...(runs.some(({ values }) => values.foreignShare !== undefined)
      ? [`Of ${runs.length} runs ${spoilt} were disturbed: other work took more than a tenth of one of the two cores.`]
      : []),
    '',
    markdownTable(tableRows(runs, COLUMNS), references),
    '',
    ...sharesOfLimit(runs).map((line) => `- ${line}`),
  ].join('\n');
}

async function measureAll(options: Options, emit: (line: object) => void): Promise<MeasuredRun[]> {
  checkTargets(options);
  const runs: MeasuredRun[] = [];
  for (const measurement of options.only) {
    const candidates = candidatesFor(measurement, options);
    for (let round = 1; round <= options.rounds; round++) {
      for (const { name, measure } of candidates) {
        console.error(`${measurement}, round ${round} of ${options.rounds}: ${name}`);
        const run = { measurement, target: name, round, ...(await leastDisturbed(measure, options)) };
        runs.push(run);
        emit({ event: 'run', ...run });
      }
    }
  }
  return runs;
}

/** A server that is measured. */
interface Candidate {
  readonly name: string;
  measure(): Promise<Outcome>;
}

function candidatesFor(measurement: MeasurementName, options: Options): Candidate[] {
  if (isMediaMeasurement(measurement)) {
    const kinds = [
      bareRelay,
      ...available(
        mediaTargets.filter((kind) => kind !== bareRelay),
        options,
      ),
    ];
    return kinds
      .filter(({ name }) => isMeasuredOnMedia(measurement, name))
      .map((kind) => ({ name: kind.name, measure: () => measureMedia(measurement, kind, options) }));
  }
  if (isCloudMeasurement(measurement)) {
    return available(cloudStores, options).map((kind) => ({
      name: kind.name,
      measure: () => measureCloud(measurement, kind, options),
    }));
  }
  if (isPhoneMeasurement(measurement)) {
    const measure = () => measurePhone[measurement](options);
    return available([chromiumBrowser], options).map(({ name }) => ({ name, measure }));
  }
  if (isWssMeasurement(measurement)) {
    const kinds = [...(measurement === 'wss-idle' ? [bareWss] : []), ...available([unisono], options)];
    return kinds.map((kind) => ({
      name: kind.name,
      measure: () => measureWss(measurement, kind, options),
    }));
  }
  return [echo, ...available(SIGNALLING_TARGETS, options)]
    .filter(({ name }) => isMeasuredOn(measurement, name))
    .map((kind) => ({ name: kind.name, measure: () => measurements[measurement](kind, options) }));
}

/** Measures until other work on the machine took no more than its due, at most so often; the quietest run counts. */
async function leastDisturbed(measure: () => Promise<Outcome>, options: Options): Promise<Outcome> {
  let best = await measure();
  for (let repeat = 0; repeat < options.repeats && disturbance(best) > DISTURBED_SHARE; repeat++) {
    console.error(`  again: other work took ${Math.round(100 * disturbance(best))} % of a core`);
    const next = await measure();
    if (disturbance(next) < disturbance(best)) best = next;
  }
  return best;
}

function disturbance({ values }: Outcome): number {
  return values.foreignShare ?? 0;
}

/** Of these kinds those that are wanted and are there. */
function available<Kind extends Pick<TargetKind, 'name' | 'missing'>>(
  kinds: readonly Kind[],
  { targets }: Options,
): Kind[] {
  return kinds.filter((kind) => {
    if (!targets.includes(kind.name)) return false;
    const missing = kind.missing();
    if (missing !== undefined) console.error(`${kind.name} is left out: ${missing}`);
    return missing === undefined;
  });
}

function checkTargets({ targets }: Options): void {
  const known = new Set(
    [...SIGNALLING_TARGETS, ...mediaTargets, ...cloudStores, chromiumBrowser].map(({ name }) => name),
  );
  const unknown = targets.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new Error(`--targets: there is no "${unknown}", only ${[...known].join(', ')}`);
  }
}

/** How much of what a bare echo can do on the core is left when the same datagrams mean something. */
function sharesOfLimit(runs: readonly MeasuredRun[]): string[] {
  const medianOf = (measurement: string, target: string) =>
    median(runs.filter((run) => run.measurement === measurement && run.target === target).map(cost));
  const cost = (run: MeasuredRun) => run.values.perCoreSec ?? Number.NaN;
  const limit = medianOf('echo', 'echo');
  const targets = [...new Set(runs.map((run) => run.target))].filter((target) => target !== 'echo');
  return targets.flatMap((target) =>
    [
      ['basic calls', medianOf('calls', target) * DATAGRAMS_PER_CALL] as const,
      ['registrations', medianOf('registrations', target) * DATAGRAMS_PER_REGISTRATION] as const,
    ]
      .filter(([, datagrams]) => Number.isFinite(datagrams / limit))
      .map(([what, datagrams]) => `${target}: share of the echo limit, ${what}: ${(datagrams / limit).toFixed(2)}`),
  );
}

function output(options: Options): (line: object) => void {
  if (options.out === undefined) return (line) => console.log(JSON.stringify(line));
  const file = options.out;
  writeFileSync(file, '');
  return (line) => appendFileSync(file, `${JSON.stringify(line)}\n`);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
