/** The phone used by hand: pages, people, settings. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { setScene } from './scenes.ts';
import { callsOf, DESK, stories, TELEPHONE } from './story.ts';

describe('the pages in use', () => {
  const story = stories();

  story('a number typed without a field chosen goes into the number field, every digit of it', DESK, async (page) => {
    await page.getByPlaceholder('Name or number').waitFor();
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.type('4022');
    assert.equal(await page.getByPlaceholder('Name or number').inputValue(), '4022');
    await page.keyboard.press('Enter');
    await page.waitForFunction(`document.activeElement?.matches('.stage')`);
    assert.equal((await callsOf(page))[0]?.party.number, '4022');
    await page.keyboard.press('/');
    await page.waitForFunction(`document.activeElement?.matches('[data-find]')`);
    for (const key of ['Escape', 'e']) await page.keyboard.press(key);
    assert.equal((await callsOf(page))[0]?.end?.reason, 'cancelled');
  });

  story(
    'arrows go to those found, and Enter calls; a name and Enter in one breath call the first one, who is marked',
    DESK,
    async (page) => {
      await page.locator('[data-find]').pressSequentially('zzz');
      await page.getByText('Nobody found.', { exact: true }).waitFor();
      assert.equal(await page.locator('.callbutton').isDisabled(), true);
      await page.locator('[data-find]').fill('');
      await page.locator('[data-find]').pressSequentially('a');
      await page.keyboard.press('ArrowDown');
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
      await page.locator('[data-find]').pressSequentially('carla');
      await page.keyboard.press('Enter');
      await page.waitForFunction("fake.getState().calls[1]?.dialled === '4022'");
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
    await page.evaluate(`fake.looked = [];
    fake.book.watch = async (view, entryIds) => {
      fake.looked.push(entryIds);
      return { ok: true };
    };
    fake.book.search = async (query, cursor = '0') => {
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
    // Only those on the screen are looked at, and shown live.
    await rows.last().scrollIntoViewIfNeeded();
    await page.waitForFunction("fake.looked.at(-1)?.includes('s-195') && !fake.looked.at(-1).includes('s-0')");
    const most = await page.evaluate('Math.max(...fake.looked.map((entryIds) => entryIds.length))');
    assert.ok(Number(most) < 40, `${most} at once`);
    await page.evaluate("fake.play.change({ directory: { presences: { 's-195': 'inCall' } } })");
    await rows.nth(195).getByText('in a call').waitFor();
    await page.evaluate("fake.play.change({ directory: { presences: { 's-195': null } } })");
    await rows.nth(195).getByText('in a call').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /Recent/ }).tap();
    await page.waitForFunction('fake.looked.at(-1)?.length === 0');
  });

  story(
    'another number chosen before there is one is asked for, and both are set together',
    TELEPHONE,
    async (page) => {
      await setScene(page, {
        name: 'no number',
        place: 'routing',
        play: `{
        const { settings } = fake.getState();
        const { alternativeNumber, ...shown } = settings.shown;
        shown.routing = 'default';
        shown.busy = 'default';
        shown.noAnswer = 'none';
        shown.earlierAlternativeNumbers = [];
        fake.play.change({ settings: { ...settings, shown, view: { ...settings.view, settings: shown } } });
      }`,
      });
      const settings = async (): Promise<Record<string, string>> =>
        (await page.evaluate('fake.getState().settings.shown')) as Record<string, string>;
      const other = page.getByRole('radio', { name: /^Another number/ });
      await other.check();
      assert.equal((await settings()).routing, 'default', 'nothing is set without a number');
      await page.keyboard.type('4022');
      await page.getByRole('button', { name: 'Cancel' }).click();
      assert.equal(await other.isChecked(), false);
      await other.check();
      await page.keyboard.type('4022');
      await page.keyboard.press('Enter');
      await page.waitForFunction("fake.getState().settings.shown.alternativeNumber === '4022'");
      assert.equal((await settings()).routing, 'alternativeNumber');
    },
  );

  story('the history is searched, within the chosen filter', TELEPHONE, async (page) => {
    await page.getByRole('link', { name: /Recent/ }).tap();
    const shown = page.locator('.list .item.what strong');
    assert.equal(await shown.count(), 5);
    await page.getByLabel('Search calls').fill('49');
    await page.waitForFunction("document.querySelectorAll('.list .item.what strong').length === 2");
    await page.getByRole('button', { name: 'Dialled' }).tap();
    assert.deepEqual(await shown.allTextContents(), ['+49 170 1234567']);
    await page.getByLabel('Search calls').fill('nobody');
    await page.getByText('No call found.').waitFor();
    await page.getByLabel('Search calls').fill('');
    await page.waitForFunction("document.querySelectorAll('.list .item.what strong').length === 2");
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
    await page.getByRole('button', { name: 'Test microphone' }).click();
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
    const bin = page.getByRole('button', { name: 'Delete this message: Carla Rossi' });
    await bin.press('Enter');
    await page.waitForFunction(`document.activeElement?.textContent === 'Delete'`);
    await page.keyboard.press('Escape');
    await page.waitForFunction(`document.activeElement?.getAttribute('aria-label')?.startsWith('Delete this message')`);
    await bin.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByText('Carla Rossi').waitFor({ state: 'detached' });
    await page.waitForFunction(`document.activeElement?.matches('main h1')`);
    await page.getByRole('button', { name: 'Greeting' }).click();
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

  story('0 held down is a plus and no zero; the eraser takes one away, and held down all', TELEPHONE, async (page) => {
    const hold = async (name: string): Promise<void> => {
      const button = page.getByRole('button', { name });
      await button.hover();
      await page.mouse.down();
      await page.waitForTimeout(700);
      await page.mouse.up();
    };
    const shown = () => page.getByPlaceholder('Name or number').inputValue();
    await hold('0 +');
    assert.equal(await shown(), '+');
    for (const key of ['4', '9']) await page.getByRole('button', { name: new RegExp(`^${key}`) }).tap();
    await page.getByRole('button', { name: 'Erase' }).tap();
    assert.equal(await shown(), '+4');
    await hold('Erase');
    assert.equal(await shown(), '');
  });

  story('a microphone that is not allowed, and none at all, are told before a call', DESK, async (page) => {
    const line = page.locator('.state [role=status]');
    await page.addInitScript(
      `navigator.permissions.query = async () => Object.assign(new EventTarget(), { state: 'denied' })`,
    );
    await page.reload();
    await line.getByText('The browser does not let this page use the microphone').waitFor();
    await page.addInitScript(`navigator.permissions.query = async () => Object.assign(new EventTarget(), { state: 'granted' });
      navigator.mediaDevices.enumerateDevices = async () => (window.isPlugged ? [{ kind: 'audioinput', deviceId: 'x' }] : [])`);
    await page.reload();
    await line.getByText('No microphone is connected').waitFor();
    await page.evaluate(`window.isPlugged = true; navigator.mediaDevices.dispatchEvent(new Event('devicechange'))`);
    await page.waitForFunction(`document.querySelector('.state [role=status]').textContent === ''`);
  });
});
