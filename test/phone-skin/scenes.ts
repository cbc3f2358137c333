import type { Page } from 'playwright-core';

/** One screen: how it is come by, from a page that has just been opened. */
export interface Scene {
  readonly name: string;
  /** The place in the address. */
  readonly place?: string;
  /** What the outside world does: script of the page, with `fake` and `nowMs`. */
  readonly play?: string;
  /** What the user does then. */
  readonly act?: (page: Page) => Promise<void>;
  readonly only?: 'narrow' | 'wide';
}

const SIGNED_OUT = `fake.play.change({ session: { phase: 'signedOut' }, line: { phase: 'signedOut' } })`;
const CARLA = `{ name: 'Carla Rossi', number: '4022' }`;
const OUTSIDE = `{ name: 'Optik Berger GmbH', number: '+49301234567' }`;
const ACTIVE = `const id = fake.play.incoming(${OUTSIDE}, { phase: 'active', audio: 'flowing', startedAtMs: nowMs - 95000,
  answeredAtMs: nowMs - 83000, quality: { grade: 'good', warnings: [], jitterMs: 4, roundTripMs: 21, lossPercent: 0 } });`;
/** As long as names in a directory get. */
const LONG = `{ name: 'Prof. Dr. Maximiliane Freifrau von Donaudampfschifffahrtsgesellschaft-Hohenlohe', number: '+498944400201234' }`;
const DEVICES = `const { devices } = fake.getState();
  fake.play.change({ devices: [devices[0], ...Array.from({ length: 12 }, (_, n) => ({ ...devices[1], installationId: 'long-' + n,
    name: n % 2 ? 'Chromium 156 on Windows 11 Enterprise in the office on the ground floor ' + n : 'Mobile ' + n }))] });`;
const CONFERENCE = `const first = fake.play.incoming(${OUTSIDE}, { phase: 'active', audio: 'flowing', answeredAtMs: nowMs - 200000 });
  const second = fake.play.incoming(${CARLA}, { phase: 'active', audio: 'flowing', direction: 'outgoing', answeredAtMs: nowMs - 90000 });
  fake.calls.merge(first, second);`;
const PERSON = `const member = (number, name, part) => ({ id: 'sip:' + number + '@example.com', party: { number, name },
    isSelf: false, isHost: false, isHeld: false, isMuted: false, ...part });`;
const EIGHT = `${PERSON} const long = ${LONG};
  fake.play.incoming({}, { phase: 'active', audio: 'flowing', isConference: true, isMuted: true, answeredAtMs: nowMs - 200000, conference: {
    address: 'sip:conference-1@example.com', isHost: true, members: [member('4020', 'Anna Lindner', { isSelf: true, isHost: true }),
    member('4021', 'Ben Okafor'), member('4022', 'Carla Rossi', { isMuted: true }), member(long.number, long.name, { isHeld: true, isMuted: true }),
    member('4023', 'David Chen'), member('4024', 'Eva Novak'), member('4025', 'Farid Haddad'), member('+4930123456')] } });`;
const MEMBER = `${PERSON}
  fake.play.incoming({}, { phase: 'active', audio: 'flowing', isConference: true, answeredAtMs: nowMs - 200000, conference: {
    address: 'sip:conference-1@example.com', isHost: false, members: [member('4021', 'Ben Okafor', { isHost: true }),
    member('4020', 'Anna Lindner', { isSelf: true }), member('4022', 'Clara Nowak', { isMuted: true }),
    member('4023', 'David Roth', { isHeld: true }), member('4024', 'Elif Kaya', {})] } });`;
const TWO = `${ACTIVE} fake.calls.hold(id);
  fake.play.incoming(${CARLA}, { phase: 'active', audio: 'flowing', direction: 'outgoing', consultationFor: id, answeredAtMs: nowMs - 12000 });`;

export const SCENES: readonly Scene[] = [
  { name: 'sign-in', play: SIGNED_OUT },
  {
    name: 'sign-in-password',
    play: SIGNED_OUT,
    act: async (page) => {
      await page.locator('input[type=email]').fill('anna@lindner-optik.example');
      await page.locator('form button[type=submit]').click();
      await page.locator('input[type=password]').waitFor();
    },
  },
  {
    name: 'factor-due',
    play: `fake.account.startTotp = async () => ({ ok: true, value: { secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Lindner:anna?secret=JBSWY3DPEHPK3PXP&issuer=Lindner' } });
      fake.play.change({ me: { ...fake.getState().me, isFactorDue: true } })`,
    act: async (page) => {
      await page.locator('.qr, canvas, svg[role=img], [role=img]').first().waitFor();
    },
  },
  {
    name: 'sign-in-device',
    play: SIGNED_OUT,
    act: async (page) => {
      await page.locator('main > button').first().click();
    },
  },
  { name: 'keypad', place: 'keypad' },
  {
    name: 'search',
    place: 'keypad',
    act: async (page) => {
      await page.locator('[data-find]').fill('a');
      await page.locator('.results .item').first().waitFor();
    },
  },
  {
    name: 'emergency',
    place: 'keypad',
    act: async (page) => {
      await page.locator('[data-find]').fill('112');
    },
  },
  {
    name: 'favourites',
    place: 'favourites',
    act: async (page) => {
      await page.locator('.person').first().waitFor();
    },
  },
  {
    name: 'colleagues',
    place: 'favourites',
    play: `fake.play.change({ favourites: { version: 0, list: [] } })`,
    act: async (page) => {
      await page.locator('.person').first().waitFor();
    },
  },
  {
    name: 'colleagues-found',
    place: 'favourites',
    act: async (page) => {
      await page.locator('.people input').fill('e');
      await page.locator('.people section').nth(1).waitFor({ state: 'detached' });
    },
  },
  { name: 'recent', place: 'recent' },
  {
    name: 'recent-open',
    place: 'recent',
    act: async (page) => {
      await page.locator('button[aria-expanded]').nth(3).click();
    },
  },
  {
    name: 'recent-none',
    only: 'narrow',
    place: 'recent',
    play: `fake.play.change({ history: { ...fake.getState().history, entries: [], missedCount: 0 } })`,
  },
  { name: 'voicemail', place: 'voicemail' },
  {
    name: 'voicemail-open',
    only: 'narrow',
    place: 'voicemail',
    act: async (page) => {
      await page.locator('.pagehead button').click();
      await page.locator('.item [aria-expanded]').first().click();
    },
  },
  { name: 'more', place: 'more', only: 'narrow' },
  { name: 'routing', place: 'routing' },
  { name: 'devices', place: 'devices', play: 'fake.play.change({ elsewhere: callsElsewhere(nowMs) })' },
  { name: 'devices-quiet', place: 'devices' },
  { name: 'settings', place: 'settings' },
  { name: 'settings-long', place: 'settings', play: DEVICES },
  {
    name: 'add-device',
    place: 'settings',
    act: async (page) => {
      await page
        .locator('#settings-account ~ div button', { hasText: /device|Gerät/ })
        .first()
        .click();
      await page.locator('.qr path[d^=M]').waitFor({ state: 'attached' });
      await page.locator('.qr').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'incoming',
    play: `fake.play.incoming(${OUTSIDE}, { forwardedFrom: [{ name: 'Ben Okafor', number: '4021' }] })`,
  },
  { name: 'incoming-second', play: `${ACTIVE} fake.play.incoming(${CARLA})` },
  {
    name: 'incoming-elsewhere',
    play: `fake.play.incoming(${OUTSIDE})`,
    act: async (page) => {
      // By key: in a scene the clock stands, and a tap in the moment a call appears decides nothing.
      await page.locator('.incoming .aside button').last().press('Enter');
      await page.locator('.chooser input').waitFor();
    },
  },
  {
    name: 'ringing',
    play: `fake.play.incoming(${CARLA}, { direction: 'outgoing', phase: 'alerting', dialled: '4022' })`,
  },
  { name: 'call', play: ACTIVE },
  // The call beside a page, as on a desk.
  { name: 'call-beside', place: 'recent', play: ACTIVE, only: 'wide' },
  {
    name: 'call-muted',
    play: `${ACTIVE} fake.calls.setMuted(id, true)`,
  },
  {
    name: 'call-keys',
    play: `${ACTIVE} fake.calls.sendDigits(id, '4711#')`,
    act: async (page) => {
      await page.locator('.controls .control').nth(1).click();
    },
  },
  { name: 'two-calls', play: TWO },
  { name: 'two-calls-beside', place: 'favourites', play: TWO, only: 'wide' },
  { name: 'incoming-long', only: 'narrow', play: `fake.play.incoming(${LONG}, { forwardedFrom: [${LONG}] })` },
  {
    name: 'two-calls-long',
    play: `const long = fake.play.incoming(${LONG}, { phase: 'active', audio: 'flowing', answeredAtMs: nowMs - 4000000 });
      fake.calls.hold(long); fake.play.incoming(${LONG}, { phase: 'active', audio: 'flowing', consultationFor: long, isMuted: true,
      answeredAtMs: nowMs - 12000, quality: { grade: 'poor', warnings: ['loss', 'jitter', 'roundTrip'], jitterMs: 61, roundTripMs: 480, lossPercent: 17.4 } });`,
  },
  { name: 'conference', play: CONFERENCE },
  { name: 'conference-eight', only: 'narrow', play: EIGHT },
  { name: 'conference-member', play: MEMBER },
  {
    name: 'conference-add',
    play: CONFERENCE,
    act: async (page) => {
      await page.locator('.controls .control').nth(3).click();
      await page.locator('.chooser input').waitFor();
    },
  },
  {
    name: 'conference-fourth',
    play: `${CONFERENCE} fake.calls.hold(first);
  fake.play.incoming({ name: 'Ben Okafor', number: '4021' }, { phase: 'active', audio: 'flowing', direction: 'outgoing', answeredAtMs: nowMs - 9000 });`,
  },
  {
    name: 'transfer',
    play: ACTIVE,
    act: async (page) => {
      await page.locator('.controls .control').nth(4).click();
      await page.locator('.chooser input').fill('ca');
      await page.locator('.chooser .item').first().click();
    },
  },
  {
    // The two have nothing to do with each other yet.
    name: 'transfer-two',
    play: TWO.replace('consultationFor: id, ', ''),
    act: async (page) => {
      await page.locator('.controls .control').nth(4).click();
    },
  },
  {
    name: 'move',
    play: ACTIVE,
    act: async (page) => {
      await page.locator('.controls .control').nth(5).click();
    },
  },
  {
    name: 'move-long',
    only: 'narrow',
    play: `${DEVICES} ${ACTIVE} fake.calls.setMuted(id, true)`,
    act: async (page) => {
      await page.locator('.controls .control').nth(5).click();
    },
  },
  {
    name: 'poor',
    play: `fake.play.incoming(${OUTSIDE}, { phase: 'active', audio: 'flowing', answeredAtMs: nowMs - 83000,
      quality: { grade: 'poor', warnings: ['loss'], jitterMs: 31, roundTripMs: 180, lossPercent: 7.4 } })`,
  },
  {
    name: 'call-small',
    play: ACTIVE,
    only: 'narrow',
    act: async (page) => {
      await page.locator('.stagehead button').click();
    },
  },
  {
    name: 'missed',
    play: `const id = fake.play.incoming(${CARLA}); fake.play.ended(id, { reason: 'answeredElsewhere', isMissed: false, answeredOn: 'desk' })`,
  },
  {
    name: 'reconnecting',
    place: 'recent',
    play: `fake.play.change({ line: { phase: 'reconnecting', sinceMs: nowMs - 5000, nextTryAtMs: nowMs + 6000 } })`,
    act: async (page) => {
      await page.locator('.state .line').first().waitFor();
    },
  },
  {
    name: 'first-day',
    only: 'narrow',
    place: 'keypad',
    play: `fake.play.change({ favourites: { version: 0, list: [] }, history: { ...fake.getState().history, entries: [] } })`,
  },
  {
    name: 'unreachable',
    place: 'keypad',
    play: `fake.play.change({ line: { phase: 'unreachable', sinceMs: nowMs - 90000, nextTryAtMs: nowMs + 42000 } })`,
  },
];

/** Brings an opened page to a scene. */
export async function setScene(page: Page, { place, play, act }: Scene): Promise<void> {
  if (place !== undefined) await page.evaluate(`location.assign('#/${place}')`);
  if (play !== undefined) await page.evaluate(`{ const nowMs = Date.now(); ${play} }`);
  await page.locator('h1, h2').first().waitFor();
  // Parts that come when they are opened.
  await page.waitForFunction("document.querySelector('main > p.soft') === null");
  await act?.(page);
}
