import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { begin, type MenuEvent, type MenuMessage, type MenuStep, type OpenedMailbox, step } from './menu.ts';

const message = (id: string, callerNumber?: string): MenuMessage => ({ id, callerNumber, receivedAtMs: 0 });
const BOX: OpenedMailbox = { user: 'anna', fresh: [], saved: [], hasGreeting: false };
const FULL: OpenedMailbox = { ...BOX, fresh: [message('m1', '4021'), message('m2')], saved: [message('m0')] };

/** Presses keys one after the other ('.' is a silence) and gives everything that came of it. */
function press(from: MenuStep, keys: string): { readonly last: MenuStep; readonly effects: string[] } {
  let last = from;
  const effects: string[] = [];
  for (const key of keys) {
    const event: MenuEvent = key === '.' ? { kind: 'silence' } : { kind: 'digit', digit: key };
    last = step(last.state, event, (number) => (number === '4020' ? 'anna' : undefined));
    effects.push(...told(last));
  }
  return { last, effects };
}

function told({ effects }: MenuStep): string[] {
  return effects.flatMap((effect) => {
    if (effect.kind === 'say') return effect.sayings.map((saying) => Object.values(saying).join(' '));
    const { kind, ...rest } = effect;
    return [`[${[kind, ...Object.values(rest)].join(' ')}]`];
  });
}

describe('a mailbox by telephone', () => {
  const cases: readonly (readonly [why: string, box: OpenedMailbox, keys: string, effects: readonly string[]])[] = [
    [
      'new messages are played oldest first, and count as heard',
      FULL,
      '1',
      ['[heard m1]', '0', 'from', '4021', 'm1', 'messageMenu'],
    ],
    [
      '2 saves and goes on; a withheld number is an unknown caller',
      FULL,
      '12',
      [
        '[heard m1]',
        '0',
        'from',
        '4021',
        'm1',
        'messageMenu',
        '[heard m2]',
        'saved',
        '0',
        'from',
        'unknownCaller',
        'm2',
        'messageMenu',
      ],
    ],
    [
      'without new ones, 1 plays the saved',
      { ...BOX, saved: [message('m0')] },
      '1',
      ['[heard m0]', '0', 'from', 'unknownCaller', 'm0', 'messageMenu'],
    ],
    [
      '3 deletes; after the last one the mailbox is counted anew',
      { ...BOX, fresh: [message('m1')] },
      '13',
      [
        '[heard m1]',
        '0',
        'from',
        'unknownCaller',
        'm1',
        'messageMenu',
        '[delete m1]',
        'deleted',
        'endOfMessages',
        '[reopen]',
      ],
    ],
    ['nothing to play', BOX, '1', ['noMessages', 'mainMenu']],
    [
      'a PIN is set when it was entered twice',
      BOX,
      '44711#4711#',
      ['newPin', 'newPinAgain', '[setPin 4711]', 'pinStored', 'mainMenu'],
    ],
    ['another one the second time', BOX, '44711#4712#', ['newPin', 'newPinAgain', 'pinsDiffer', 'newPin']],
    ['three digits are no PIN', BOX, '4471#', ['newPin', 'pinTooShort', 'newPin']],
    [
      'a greeting is recorded until a key',
      BOX,
      '32#',
      ['greetingMenu', 'recordGreeting', '[record]', '[storeGreeting]'],
    ],
    ['star leaves a recording unstored', BOX, '32*', ['greetingMenu', 'recordGreeting', '[record]', 'greetingMenu']],
    ['there is no own greeting to hear', BOX, '31', ['greetingMenu', 'noGreeting', 'greetingMenu']],
    ['an unknown key repeats the menu', BOX, '9', ['mainMenu']],
    ['two silences end the call', BOX, '..', ['mainMenu', 'goodbye', '[hangUp]']],
    ['star ends the call', BOX, '*', ['goodbye', '[hangUp]']],
  ];
  for (const [why, box, keys, effects] of cases) {
    test(why, () => assert.deepEqual(press(begin({ open: box }), keys).effects, effects));
  }

  test('the greeting that was stored is there', () => {
    const { last } = press(begin({ open: BOX }), '32#');
    const stored = step(last.state, { kind: 'stored', isStored: true }, () => undefined);
    assert.deepEqual(told(stored), ['greetingStored', 'greetingMenu']);
    assert.ok(stored.state.at === 'greeting' && stored.state.box.hasGreeting);
  });
});

describe('who may open it', () => {
  test('the PIN is asked for, and digits after # are none of it', () => {
    const { effects } = press(begin({ pinOf: 'anna' }), '4711#');
    assert.deepEqual(effects, ['[check anna 4711]']);
  });

  test('three wrong PINs end the call', () => {
    let last = begin({ pinOf: 'anna' });
    const heard: string[] = [];
    for (let tries = 0; tries < 3; tries++) {
      last = press(last, '1#').last;
      last = step(last.state, { kind: 'refused' }, () => undefined);
      heard.push(...told(last));
    }
    assert.deepEqual(heard, ['wrongPin', 'enterPin', 'wrongPin', 'enterPin', 'noEntry', '[hangUp]']);
  });

  test('a stranger says whose mailbox it is; one that there is not asks for a PIN like any other', () => {
    assert.deepEqual(press(begin({ anybody: true }), '4020#1234#').effects, ['enterPin', '[check anna 1234]']);
    assert.deepEqual(press(begin({ anybody: true }), '4999#1234#').effects, ['enterPin', '[check  1234]']);
  });
});
