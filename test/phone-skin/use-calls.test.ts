/** Calls by hand, by keyboard alone, by touch, and by ear. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { setScene } from './scenes.ts';
import { callsOf, DESK, stories, TELEPHONE } from './story.ts';

describe('calls in use', () => {
  const story = stories();

  story('a call by keyboard alone: found, dialled, muted, digits, held, ended', DESK, async (page) => {
    await page.keyboard.press('/');
    await page.waitForFunction(`document.activeElement?.matches('[data-find]')`);
    await page.keyboard.type('carla');
    await page.locator('.results .person.first').getByText('Carla Rossi').waitFor();
    await page.keyboard.press('Enter');
    await page
      .getByRole('heading', { name: '4022' })
      .or(page.getByRole('heading', { name: 'Carla Rossi' }))
      .waitFor();
    await page.evaluate('fake.play.answered(fake.getState().calls[0].id)');
    await page.getByRole('button', { name: 'Hold' }).and(page.locator(':enabled')).waitFor();
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

  story('by keys alone a second call is added: a name, the first of those found, Enter', DESK, async (page) => {
    await page.evaluate(
      `fake.play.incoming({ name: 'Ben Okafor', number: '4021' }, { phase: 'active', answeredAtMs: Date.now() })`,
    );
    assert.equal(await page.locator('.dialler .key').count(), 0, 'the keys of the call are the only ones');
    await page.getByRole('button', { name: 'Add call' }).press('Enter');
    await page.locator('.chooser input').pressSequentially('carla');
    await page.locator('.chooser .item').and(page.locator(':only-child > *')).filter({ hasText: 'Carla' }).waitFor();
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
      fake.play.ended(id, { reason: 'noLine', isMissed: false, detail: 'No trunk can carry the call' });
      const { history } = fake.getState();
      const entry = { ...history.entries[1], entryId: 'h112', party: { number: '112' }, dialled: '112', result: 'failed' };
      fake.play.change({ history: { ...history, entries: [entry, ...history.entries] } });
    }`);
      await page
        .getByRole('alert')
        .getByText(/Use another phone/)
        .waitFor();
      await page.getByText('The line to the outside is not available').first().waitFor();
      await page.getByRole('link', { name: /Recent/ }).click();
      await page.getByRole('button', { name: 'Call 112' }).click();
      await page.getByRole('heading', { name: 'Keypad' }).waitFor();
      assert.equal(await page.locator('[data-find]').inputValue(), '112');
      assert.equal((await callsOf(page)).filter(({ phase }) => phase !== 'ended').length, 0);
    },
  );

  story('an incoming call is sent to voicemail, another to a number', DESK, async (page) => {
    await page.evaluate(`fake.play.incoming({ number: '4021' })`);
    await page.locator('.incoming').getByRole('button', { name: 'Voicemail' }).press('Enter');
    assert.equal((await callsOf(page))[0]?.end?.reason, 'deflectedHere');
    await page.evaluate(`fake.play.incoming({ number: '4023' })`);
    await page.getByRole('button', { name: 'Forward' }).press('Enter');
    for (const name of ['Answer', 'Decline']) await page.getByRole('button', { name }).waitFor();
    await page.locator('.chooser .item').first().waitFor();
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
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    assert.equal(await page.getByText('You are not heard').count(), 0);
    await change('holdChange: undefined, isHoldRefused: true');
    await page.getByText('The other side did not agree to be put on hold').first().waitFor();
    await page.getByRole('button', { name: 'Hold' }).click();
    await page.getByText('You are not heard.').waitFor();
    await page.locator('.box').getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Hold' }).waitFor();
    assert.equal((await callsOf(page))[0]?.isHeld, false);
    await page.getByText('4020 · in a call').waitFor();
  });

  story('of a call only what is new is said: the microphone, the hold, who came, the end', DESK, async (page) => {
    const said = page.locator('[data-live=calls]');
    await page.evaluate(
      `fake.play.incoming({ name: 'Ben Okafor', number: '4021' }, { phase: 'active', answeredAtMs: Date.now() - 65000 })`,
    );
    await said.getByText('Ben Okafor, 4021. In a call').waitFor({ state: 'attached' });
    for (const [key, text] of [
      ['m', 'Your microphone is off'],
      ['m', 'Your microphone is on'],
      ['h', 'Ben Okafor, 4021. On hold'],
      ['h', 'Ben Okafor, 4021. In a call'],
    ] as const) {
      await page.keyboard.press(key);
      await page.waitForFunction(`document.querySelector('[data-live=calls]').textContent === '${text}'`);
    }
    await page.keyboard.press('e');
    await said.getByText(/^Ben Okafor, 4021\. Call ended\. 1:0\d$/).waitFor({ state: 'attached' });
  });

  story('the focus comes back into the page after a call, and to Forward after Escape', TELEPHONE, async (page) => {
    await page.getByRole('link', { name: /Recent/ }).tap();
    await page.evaluate(`fake.play.incoming({ name: 'Ben Okafor', number: '4021' })`);
    await page.getByRole('button', { name: 'Forward', exact: true }).press('Enter');
    await page.waitForFunction(`document.activeElement?.matches('.chooser input')`);
    await page.keyboard.press('Escape');
    await page.waitForFunction(`document.activeElement?.textContent.includes('Forward')`);
    await page.getByRole('button', { name: 'Decline' }).press('Enter');
    await page.getByRole('button', { name: 'Close' }).press('Enter');
    await page.waitForFunction(`document.activeElement?.matches('main h1')`);
  });

  story('keys sent are shown in the order in which they were pressed', DESK, async (page) => {
    await page.evaluate(
      `fake.play.incoming({ number: '4021' }, { phase: 'active', answeredAtMs: Date.now(), sentDigits: '12*3*' })`,
    );
    await page.getByRole('button', { name: 'Keypad', exact: true }).click();
    const places: number[] = await page.evaluate(`(() => {
      const range = document.createRange();
      const text = document.querySelector('.digits bdi').firstChild;
      return [...text.data].map((_, at) => (range.setStart(text, at), range.setEnd(text, at + 1), range.getBoundingClientRect().left));
    })()`);
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  });
});
