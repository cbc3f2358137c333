/** The phone used by hand, by keyboard alone, by touch, and by ear. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { findPeer, requirePeer } from '../peers/index.ts';
import { setScene } from './scenes.ts';
import { type Look, type Stage, startStage } from './stage.ts';

const DESK: Look = { width: 1280, height: 800, colorScheme: 'light', language: 'en' };
const TELEPHONE: Look = { width: 360, height: 740, colorScheme: 'light', language: 'en' };

interface CallView {
  readonly phase: string;
  readonly isMuted: boolean;
  readonly isHeld: boolean;
  readonly sentDigits: string;
  readonly dialled?: string;
  readonly party: { readonly number?: string };
  readonly end?: { readonly reason: string };
}

const callsOf = async (page: Page): Promise<readonly CallView[]> =>
  (await page.evaluate('fake.getState().calls')) as readonly CallView[];

describe('the phone in use', () => {
  let stage: Stage;
  before(async () => {
    if (findPeer('chromium')) stage = await startStage();
  });
  after(() => stage?.close());

  const story = (says: string, look: Look, tell: (page: Page) => Promise<void>): void => {
    test(says, async (t) => {
      if (!requirePeer(t, 'chromium')) return;
      const page = await stage.open(look, { isClockFixed: false });
      await tell(page);
      await page.context().close();
    });
  };

  story('a number typed without a field chosen goes into the number field, every digit of it', DESK, async (page) => {
    await page.getByPlaceholder('Name or number').waitFor();
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.type('4022');
    assert.equal(await page.getByPlaceholder('Name or number').inputValue(), '4022');
    await page.keyboard.press('Enter');
    await page.waitForFunction('fake.getState().calls.length === 1');
    assert.equal((await callsOf(page))[0]?.party.number, '4022');
  });

  story('a call by keyboard alone: found, dialled, muted, digits, held, ended', DESK, async (page) => {
    await page.keyboard.press('/');
    await page.waitForFunction(`document.activeElement?.matches('[data-find]')`);
    await page.keyboard.type('carla');
    await page.locator('.results .item').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForFunction(`document.activeElement?.textContent.includes('Carla')`);
    await page.keyboard.press('Enter');
    await page
      .getByRole('heading', { name: '4022' })
      .or(page.getByRole('heading', { name: 'Carla Rossi' }))
      .waitFor();
    await page.evaluate('fake.play.answered(fake.getState().calls[0].id)');
    await page.getByRole('button', { name: 'Hold' }).and(page.locator(':enabled')).waitFor();
    await page.evaluate('document.activeElement.blur()');
    for (const key of ['m', '4', '2', '#', 'h']) await page.keyboard.press(key);
    const [call] = await callsOf(page);
    assert.deepEqual([call?.isMuted, call?.sentDigits, call?.isHeld], [true, '42#', true]);
    await page.keyboard.press('e');
    assert.equal((await callsOf(page))[0]?.end?.reason, 'hungUpHere');
  });

  story('every control of a call is reached by Tab', DESK, async (page) => {
    await setScene(page, {
      name: 'call',
      play: `fake.play.incoming({ number: '4021' }, { phase: 'active', answeredAtMs: nowMs })`,
    });
    const reached = new Set<string>();
    for (let count = 0; count < 60; count++) {
      await page.keyboard.press('Tab');
      reached.add(String(await page.evaluate('document.activeElement?.textContent')));
    }
    for (const name of ['Mute', 'Keypad', 'Hold', 'Add call', 'Transfer', 'Move', 'Hang up'])
      assert.ok(reached.has(name), `${name} is not reached`);
  });

  story('the focus stays with the call: after the answer, and after a panel was left by Escape', DESK, async (page) => {
    await page.evaluate(`fake.play.incoming({ name: 'Ben Okafor', number: '4021' })`);
    await page.getByRole('button', { name: 'Answer' }).press('Enter');
    await page.getByRole('button', { name: 'Hold' }).waitFor();
    await page.waitForFunction(`document.activeElement?.matches('.stage')`);
    await page.getByRole('button', { name: 'Transfer' }).press('Enter');
    await page.waitForFunction(`document.activeElement?.matches('.chooser input')`);
    await page.keyboard.press('Escape');
    await page.waitForFunction(`document.activeElement?.textContent === 'Transfer'`);
  });

  story('single keys do nothing while something is typed, and nothing at all once switched off', DESK, async (page) => {
    await page.evaluate(`fake.play.incoming({ number: '4021' })`);
    await page.locator('[data-find]').focus();
    await page.keyboard.type('a');
    assert.equal((await callsOf(page))[0]?.phase, 'incoming');
    await page.goto(`${page.url().split('#')[0]}#/settings`);
    await page.getByRole('switch', { name: 'Use keyboard shortcuts' }).uncheck();
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('a');
    assert.equal((await callsOf(page))[0]?.phase, 'incoming');
  });

  story('who rings is said at once, what goes on in a call politely', DESK, async (page) => {
    await page.evaluate(`fake.play.incoming({ name: 'Ben Okafor', number: '4021' })`);
    const alert = page.locator('[data-live=ringing][role=alert]');
    await alert.getByText('Ben Okafor, 4021. Incoming call').waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Answer' }).press('Enter');
    await page.locator('[data-live=calls][role=status]').getByText('In a call').waitFor({ state: 'attached' });
    assert.equal(await alert.textContent(), '');
  });

  story('by touch on a telephone: answered, made small, looked around, muted, back, ended', TELEPHONE, async (page) => {
    await page.evaluate(`fake.play.incoming({ name: 'Ben Okafor', number: '4021' })`);
    const answer = page.getByRole('button', { name: 'Answer' });
    await answer.waitFor();
    assert.equal(await page.locator('main').getAttribute('inert'), '', 'what is covered takes no touch');
    // A tap at the moment the call appears was meant for something else.
    await page.waitForTimeout(400);
    await answer.tap();
    await page.getByRole('button', { name: 'Minimise the call' }).tap();
    await page.getByRole('link', { name: /Recent/ }).tap();
    await page.getByRole('heading', { name: 'Recent' }).waitFor();
    await page.getByRole('button', { name: 'Mute' }).tap();
    assert.equal((await callsOf(page))[0]?.isMuted, true);
    await page.getByRole('button', { name: 'Back to the call' }).tap();
    await page.getByRole('button', { name: 'Hang up' }).tap();
    assert.equal((await callsOf(page))[0]?.end?.reason, 'hungUpHere');
  });

  story('a tap in the moment a call appears decides nothing', TELEPHONE, async (page) => {
    // The call comes and the thumb lands within one turn of the page.
    await page.evaluate(`new Promise((done) => {
      fake.play.incoming({ number: '4021' });
      const look = () => {
        const button = document.querySelector('.decision .stop');
        if (button === null) return requestAnimationFrame(look);
        button.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 1 }));
        done();
      };
      look();
    })`);
    assert.equal((await callsOf(page))[0]?.phase, 'incoming');
  });

  story('nothing moves while it rings', DESK, async (page) => {
    const places = (): Promise<unknown> =>
      page.evaluate(`[...document.querySelectorAll('main *, nav *, header *')].map((one) => {
        const { x, y, width, height } = one.getBoundingClientRect();
        return [x, y, width, height].join();
      })`);
    const before = await places();
    await page.evaluate(`fake.play.incoming({ name: 'Ben Okafor', number: '4021' })`);
    await page.getByRole('button', { name: 'Answer' }).waitFor();
    assert.deepEqual(await places(), before);
  });

  story('two calls: consulted, swapped, connected with each other', DESK, async (page) => {
    await page.evaluate(
      `fake.play.incoming({ name: 'Ben Okafor', number: '4021' }, { phase: 'active', answeredAtMs: Date.now() })`,
    );
    await page.getByRole('button', { name: 'Transfer' }).click();
    await page.getByLabel('Name or number').last().fill('4022');
    await page.getByRole('button', { name: 'Consult first' }).click();
    await page.getByText('Ringing …').first().waitFor();
    assert.deepEqual(
      (await callsOf(page)).map(({ isHeld }) => isHeld),
      [true, false],
    );
    await page.evaluate('fake.play.answered(fake.getState().calls[1].id)');
    await page.getByRole('button', { name: 'Swap' }).click();
    assert.deepEqual(
      (await callsOf(page)).map(({ isHeld }) => isHeld),
      [false, true],
    );
    await page.getByRole('button', { name: 'Transfer' }).click();
    await page.getByRole('button', { name: 'Connect 4022 with Ben Okafor' }).click();
    assert.deepEqual(
      (await callsOf(page)).map(({ end }) => end?.reason),
      ['transferred', 'transferred'],
    );
  });

  story('while a second one rings, the running call can be muted; answering holds it', DESK, async (page) => {
    await page.evaluate(
      `fake.play.incoming({ name: 'Ben Okafor', number: '4021' }, { phase: 'active', answeredAtMs: Date.now() })`,
    );
    await page.evaluate(`fake.play.incoming({ name: 'Carla Rossi', number: '4022' })`);
    await page.getByRole('button', { name: 'Mute: Ben Okafor' }).click();
    await page.getByRole('button', { name: 'Hold and answer' }).press('Enter');
    assert.deepEqual(
      (await callsOf(page)).map(({ isMuted, isHeld }) => [isMuted, isHeld]),
      [
        [true, true],
        [false, false],
      ],
    );
  });

  story('what went wrong is told, and covers no control of the call', TELEPHONE, async (page) => {
    await page.evaluate(`{
      fake.play.incoming({ number: '4021' }, { phase: 'active', answeredAtMs: Date.now() });
      fake.calls.hold = async () => ({ ok: false, problem: { code: 'timeout', detail: '' } });
    }`);
    await page.getByRole('button', { name: 'Hold' }).tap();
    await page.getByRole('alert').getByText('No answer in time. Nothing was changed.').waitFor();
    await page.getByRole('button', { name: 'Hang up' }).tap();
    assert.equal((await callsOf(page))[0]?.end?.reason, 'hungUpHere');
  });

  story(
    'a name and Enter in one breath go to the first person found; arrows walk on, and Enter calls',
    DESK,
    async (page) => {
      await page.locator('[data-find]').pressSequentially('a');
      await page.keyboard.press('Enter');
      await page.waitForFunction("document.activeElement?.matches('.results .item') === true");
      await page.keyboard.press('ArrowDown');
      assert.match(await page.evaluate('document.activeElement.textContent'), /Carla Rossi/);
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowUp');
      assert.equal(await page.evaluate("document.activeElement.matches('[data-find]')"), true);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      assert.deepEqual(
        (await callsOf(page)).map(({ dialled }) => dialled),
        ['4021'],
      );
    },
  );

  story('a new user sees colleagues; a field finds one, the star keeps them, Enter calls', DESK, async (page) => {
    await setScene(page, {
      name: 'colleagues',
      place: 'favourites',
      play: 'fake.play.change({ favourites: { version: 0, list: [] } })',
    });
    const colleagues = page.getByRole('region', { name: 'Colleagues' });
    await colleagues.getByText('Reception').waitFor();
    const names = await colleagues.locator('strong').allTextContents();
    assert.deepEqual(names.slice(0, 3), ['Ben Okafor', 'Carla Rossi', 'David Chen']);
    assert.equal(await page.getByRole('region', { name: 'Favourites' }).count(), 0);
    const field = page.getByRole('searchbox', { name: 'Find somebody' });
    await field.fill('eva');
    await page.getByText('1 found').waitFor({ state: 'attached' });
    await colleagues.getByRole('button', { name: 'Add to favourites: Eva Novak' }).click();
    await field.fill('');
    await page.getByRole('region', { name: 'Favourites' }).getByText('Eva Novak').waitFor();
    await field.fill('4024');
    await page.getByText('1 found').waitFor({ state: 'attached' });
    await field.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.deepEqual(
      (await callsOf(page)).map(({ dialled }) => dialled),
      ['4024'],
    );
  });

  story('hundreds of colleagues come page by page as one scrolls, each once', TELEPHONE, async (page) => {
    await page.evaluate(`fake.book.search = async (query, cursor = '0') => {
      const begin = Number(cursor);
      const entries = Array.from({ length: 25 }, (_, n) => ({
        entryId: 's-' + (begin + n), source: 'station', name: 'Colleague ' + (begin + n), numbers: [{ kind: 'desk', number: String(5000 + begin + n) }],
      }));
      return { ok: true, value: begin === 175 ? { entries } : { entries, next: String(begin + 25) } };
    }`);
    await page.getByRole('link', { name: 'People' }).tap();
    const rows = page.getByRole('region', { name: 'Colleagues' }).locator('.person');
    await rows.first().waitFor();
    assert.ok((await rows.count()) < 200, 'not all at once');
    await page.waitForFunction(`(() => {
      document.querySelector('.people').lastElementChild.scrollIntoView();
      return document.querySelector('[aria-labelledby=colleagues]').textContent.includes('Colleague 199');
    })()`);
    const names = await rows.locator('strong').allTextContents();
    assert.deepEqual([names.length, new Set(names).size], [200, 200]);
  });

  story('by keys alone a second call is added: a name, the first of those found, Enter', DESK, async (page) => {
    await page.evaluate(
      `fake.play.incoming({ name: 'Ben Okafor', number: '4021' }, { phase: 'active', answeredAtMs: Date.now() })`,
    );
    assert.equal(await page.locator('.dialler .key').count(), 0, 'the keys of the call are the only ones');
    await page.getByRole('button', { name: 'Add call' }).press('Enter');
    await page.locator('.chooser input').pressSequentially('carla');
    await page.locator('.chooser .item').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByText('Ringing …').first().waitFor();
    assert.equal((await callsOf(page)).at(-1)?.dialled, '4022');
  });

  story(
    'an emergency call that reached nobody says so; from the history it is shown, not dialled',
    DESK,
    async (page) => {
      await page.evaluate(`{
      const id = fake.play.incoming({ number: '112' }, { direction: 'outgoing', phase: 'dialling', dialled: '112', isEmergency: true });
      fake.play.ended(id, { reason: 'failed', isMissed: false, detail: 'No trunk can carry the call' });
      const { history } = fake.getState();
      const entry = { ...history.entries[1], entryId: 'h112', party: { number: '112' }, dialled: '112', result: 'failed' };
      fake.play.change({ history: { ...history, entries: [entry, ...history.entries] } });
    }`);
      await page
        .getByRole('alert')
        .getByText(/Use another phone/)
        .waitFor();
      await page.getByText('The call could not be made').first().waitFor();
      await page.getByRole('link', { name: /Recent/ }).click();
      await page.getByRole('button', { name: 'Call 112' }).click();
      await page.getByRole('heading', { name: 'Keypad' }).waitFor();
      assert.equal(await page.locator('[data-find]').inputValue(), '112');
      assert.equal((await callsOf(page)).filter(({ phase }) => phase !== 'ended').length, 0);
    },
  );

  story('the history is searched, within the chosen filter', TELEPHONE, async (page) => {
    await page.getByRole('link', { name: /Recent/ }).tap();
    const shown = page.locator('.list .item.what strong');
    assert.equal(await shown.count(), 5);
    await page.getByLabel('Search calls').fill('49');
    await page.waitForFunction("document.querySelectorAll('.list .item.what strong').length === 2");
    await page.getByRole('button', { name: 'Dialled' }).tap();
    assert.deepEqual(await shown.allTextContents(), ['+491701234567']);
    await page.getByLabel('Search calls').fill('nobody');
    await page.getByText('No call found.').waitFor();
    await page.getByLabel('Search calls').fill('');
    await page.waitForFunction("document.querySelectorAll('.list .item.what strong').length === 2");
  });

  story('an incoming call is sent to voicemail, another to a number', DESK, async (page) => {
    await page.evaluate(`fake.play.incoming({ number: '4021' })`);
    await page.locator('.incoming').getByRole('button', { name: 'Voicemail' }).press('Enter');
    assert.equal((await callsOf(page))[0]?.end?.reason, 'deflectedHere');
    await page.evaluate(`fake.play.incoming({ number: '4023' })`);
    await page.getByRole('button', { name: 'Forward' }).press('Enter');
    await page.locator('.chooser input').fill('4022');
    await page.getByRole('button', { name: 'Forward' }).click();
    assert.equal((await callsOf(page)).at(-1)?.end?.reason, 'deflectedHere');
  });

  story('a call on the desk phone is shown live and pulled here', TELEPHONE, async (page) => {
    await page.evaluate(`fake.play.change({ elsewhere: callsElsewhere(Date.now()) })`);
    await page.getByRole('link', { name: '2 on other devices' }).first().tap();
    await page.getByText(/talking on desk phone · 2:1\d/).waitFor();
    await page.getByRole('button', { name: 'Pull here' }).tap();
    await page.getByRole('button', { name: 'Hang up' }).waitFor();
    assert.equal((await callsOf(page))[0]?.party.number, '4022');
  });

  story('before a muted call is moved to the desk phone it is said that one is heard there', DESK, async (page) => {
    await page.evaluate(`fake.play.incoming({ name: 'Ben Okafor', number: '4021' })`);
    await page.waitForTimeout(400);
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    await page.getByRole('button', { name: 'Desk phone' }).waitFor();
    const note = page.getByText('The desk phone will not be muted');
    assert.equal(await note.count(), 0);
    await page.getByRole('button', { name: 'Mute' }).click();
    await note.waitFor();
  });

  story('a hold that is not agreed to yet, and one that was refused, are said to be so', DESK, async (page) => {
    await page.evaluate(`fake.play.incoming({ name: 'Ben Okafor', number: '4021' })`);
    await page.waitForTimeout(400);
    await page.getByRole('button', { name: 'Answer' }).click();
    const change = (part: string) =>
      page.evaluate(`fake.play.change({ calls: fake.getState().calls.map((call) => ({ ...call, ${part} })) })`);
    await change(`holdChange: 'hold'`);
    await page.getByText('Putting on hold').first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'Hold' }).getAttribute('aria-pressed'), 'true');
    await change('holdChange: undefined, isHoldRefused: true');
    await page.getByText('The other side did not agree to be put on hold').first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'Hold' }).getAttribute('aria-pressed'), 'false');
  });

  story('routing is chosen, is pending, and is in force; what depends on it can be chosen then', DESK, async (page) => {
    await page.goto(`${page.url().split('#')[0]}#/routing`);
    await page.getByText('A call now would ring').first().waitFor();
    await page.getByRole('radio', { name: /Desk phone only/ }).check();
    await page.getByText('Waiting for the phone system').waitFor();
    await page.getByText('Waiting for the phone system').waitFor({ state: 'detached' });
    assert.ok(await page.getByRole('radio', { name: /Desk phone only/ }).isChecked());
    assert.ok(await page.getByRole('radio', { name: 'Gets the busy tone' }).isDisabled());
    // Changed at the desk phone: appears by itself.
    await page.evaluate(`{ const { settings } = fake.getState();
      fake.play.change({ settings: { ...settings, shown: { ...settings.shown, routing: 'clientsOnly' } } }) }`);
    await page
      .getByRole('radio', { name: /Clients only/ })
      .and(page.locator(':checked'))
      .waitFor();
  });

  story('numbers are pasted as they come, and a tel: link fills the field without dialling', DESK, async (page) => {
    await page.goto(`${page.url().split('#')[0]}?call=${encodeURIComponent('tel:+4930123456')}`);
    await page.locator('[data-find]').and(page.locator('[value*="30"]')).waitFor();
    assert.deepEqual(await callsOf(page), []);
    assert.ok(!page.url().includes('call='), 'the number does not stay in the address');
  });

  story('says what is the matter with the connection, once', DESK, async (page) => {
    await page.evaluate(
      `fake.play.change({ line: { phase: 'unreachable', sinceMs: Date.now(), nextTryAtMs: Date.now() + 30000 } })`,
    );
    const line = page.locator('.state [role=status]');
    await line
      .getByText('Your phone system is not reachable. Calls still ring your desk phone, if you have one.')
      .waitFor();
    const said = await line.textContent();
    await page.waitForTimeout(1_200);
    assert.equal(await line.textContent(), said, 'what counts down is not in the live region');
  });

  story('asks once whether it may notify', DESK, async (page) => {
    await page.addInitScript(`Object.defineProperty(Notification, 'permission', { get: () => 'default' })`);
    await page.evaluate('localStorage.clear()');
    await page.goto(`${page.url().split('#')[0]}?ask`);
    await page.getByRole('button', { name: 'Not now' }).click();
    await page.reload();
    await page.getByRole('heading', { name: 'Keypad' }).waitFor({ state: 'attached' });
    assert.equal(await page.getByRole('button', { name: 'Not now' }).count(), 0);
  });

  story('language and theme are chosen and remembered', DESK, async (page) => {
    await page.goto(`${page.url().split('#')[0]}#/settings`);
    await page.getByLabel('Language', { exact: true }).selectOption('de');
    await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
    await page.getByLabel('Farbschema', { exact: true }).selectOption('dark');
    await page.reload();
    await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
    assert.equal(
      await page.evaluate('document.documentElement.dataset.theme + document.documentElement.lang'),
      'darkde',
    );
  });

  story('the microphone moves the bar', DESK, async (page) => {
    await page.goto(`${page.url().split('#')[0]}#/settings`);
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    // Chromium's own fake microphone beeps every second.
    await page.waitForFunction(`Number(/[\\d.]+/.exec(document.querySelector('.meter i').style.transform)?.[0]) > 0.3`);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.waitForFunction(`document.querySelector('.meter i').style.transform === 'scaleX(0)'`);
  });

  story('a message is played and counts as heard; another is deleted; a greeting is recorded', DESK, async (page) => {
    await page.goto(`${page.url().split('#')[0]}#/voicemail`);
    await page
      .getByRole('link', { name: /Voicemail/ })
      .getByText('2', { exact: true })
      .waitFor();
    await page.getByRole('button', { name: 'Play: Carla Rossi' }).click();
    await page
      .getByRole('link', { name: /Voicemail/ })
      .getByText('1', { exact: true })
      .waitFor();
    await page.getByRole('button', { name: 'Delete this message: Carla Rossi' }).click();
    await page.getByText('Carla Rossi').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Record' }).click();
    await page.waitForTimeout(600);
    await page.getByRole('button', { name: /Stop and use/ }).click();
    await page.getByText('Callers hear your own greeting.').waitFor();
    const { data } = (await page.evaluate('fake.voicemail.greeting().then(({ value }) => value)')) as { data: string };
    const wav = Buffer.from(data, 'base64');
    const seconds = wav.readUInt32LE(40) / wav.readUInt32LE(28);
    assert.deepEqual([wav.toString('latin1', 0, 4), wav.readUInt16LE(22), wav.readUInt32LE(24)], ['RIFF', 1, 16_000]);
    assert.ok(seconds > 0.2 && seconds < 10, `${seconds} s were recorded`);
    assert.equal(wav.length, 44 + wav.readUInt32LE(40));
  });

  story('wrong credentials are told at the form; signing out leads back to it', DESK, async (page) => {
    await page.goto(`${page.url().split('#')[0]}#/settings`);
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByLabel('E-mail address').fill('anna@lindner-optik.example');
    await page.keyboard.press('Enter');
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Address or password is wrong.').waitFor();
    await page.getByLabel('Password').fill('right');
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Navigation' }).waitFor();
  });
});
