import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Language, UserSettings } from '../model/index.ts';
import { office, officeOfAnna, user } from '../testing/office.ts';
import { explainPlan, explainStation } from './explain.ts';
import type { RefusalCode } from './plan.ts';
import { REFUSALS, refuse } from './refusals.ts';

const ALL = { isDeskRegistered: true, areClientsRegistered: true };

function explained(settings: Partial<UserSettings>, language: Language): readonly string[] {
  return explainStation(officeOfAnna({ alternativeNumber: '+491711234567', ...settings }), 's4020', ALL, language);
}

describe('explainStation', () => {
  it('says in English what two calls would meet', () => {
    assert.deepEqual(explained({ busy: 'voicemail', noAnswer: 'alternativeNumber' }, 'en'), [
      'A call now would ring the desk phone and Unisono Phone for 20 seconds.',
      'If nobody answers, it goes to +491711234567.',
      'If a device is busy, it goes to voicemail.',
      'If it is declined, it goes to +491711234567.',
      'If no device can be reached, it goes to +491711234567.',
      'If that number cannot be reached, it goes to voicemail.',
      'A second one would go to voicemail, because the user is busy.',
    ]);
  });

  it('says it in German', () => {
    assert.deepEqual(explained({ ringOrder: { order: 'deskFirst', afterSec: 8 } }, 'de'), [
      'Ein Anruf jetzt würde am Tischtelefon klingeln, nach 8 Sekunden auch in Unisono Phone, insgesamt 20 Sekunden lang.',
      'Meldet sich niemand, hört der Anrufer, dass sich niemand meldet.',
      'Sind alle Geräte besetzt, hört der Anrufer das Besetztzeichen.',
      'Wird er abgelehnt, hört der Anrufer, dass der Anruf abgelehnt ist.',
      'Ist kein Gerät erreichbar, hört der Anrufer, dass niemand erreichbar ist.',
      'Ein zweiter würde am Tischtelefon klingeln, nach 8 Sekunden auch in Unisono Phone, insgesamt 20 Sekunden lang.',
    ]);
  });

  const firsts: readonly [name: string, settings: Partial<UserSettings>, language: Language, first: string][] = [
    ['alternative number', { routing: 'alternativeNumber' }, 'en', 'A call now would go to +491711234567 at once.'],
    [
      'alternative number',
      { routing: 'alternativeNumber' },
      'de',
      'Ein Anruf jetzt würde sofort an +491711234567 gehen.',
    ],
    ['voicemail', { routing: 'voicemail' }, 'en', 'A call now would go to voicemail at once.'],
    ['voicemail', { routing: 'voicemail' }, 'de', 'Ein Anruf jetzt würde sofort auf die Mailbox gehen.'],
    ['desk phone only', { routing: 'deskPhoneOnly' }, 'en', 'A call now would ring the desk phone for 20 seconds.'],
    [
      'clients only',
      { routing: 'clientsOnly' },
      'de',
      'Ein Anruf jetzt würde in Unisono Phone klingeln, 20 Sekunden lang.',
    ],
  ];
  for (const [name, settings, language, first] of firsts) {
    it(`${name} (${language})`, () => assert.equal(explained(settings, language)[0], first));
  }

  it('says what happens when the alternative number cannot be reached', () => {
    assert.deepEqual(explained({ routing: 'alternativeNumber' }, 'en'), [
      'A call now would go to +491711234567 at once.',
      'If that number cannot be reached, it rings the desk phone and Unisono Phone for 20 seconds.',
      'A second one would go to +491711234567 at once.',
    ]);
    assert.deepEqual(explained({ busy: 'alternativeNumber' }, 'de').slice(-2), [
      'Ist diese Nummer nicht erreichbar, geht er auf die Mailbox.',
      'Ein zweiter würde wegen Besetzt an +491711234567 gehen.',
    ]);
  });

  it('says what a caller hears then when there is no mailbox', () => {
    const settings = { noAnswer: 'alternativeNumber', alternativeNumber: '+491711234567' } as const;
    const system = office({ users: [{ ...user('anna', '4020', settings), mailbox: false }] });
    const unreached = (language: Language) => explainStation(system, 's4020', ALL, language)[5];
    const heard = 'the caller hears what happened here: busy, declined or no answer.';
    assert.equal(unreached('en'), `If that number cannot be reached, ${heard}`);
    const gehört = 'hört der Anrufer, was hier war: besetzt, abgelehnt oder keine Antwort.';
    assert.equal(unreached('de'), `Ist diese Nummer nicht erreichbar, ${gehört}`);
  });

  it('says why a call would not ring', () => {
    const nobody = { isDeskRegistered: false, areClientsRegistered: false };
    assert.deepEqual(explainStation(office(), 's4020', nobody, 'en'), [
      'A call now would not ring: the caller hears that nobody can be reached.',
      'A second one would not ring: the caller hears that nobody can be reached.',
    ]);
  });
});

describe('explainPlan', () => {
  it('has words for every refusal in both languages', () => {
    for (const code of Object.keys(REFUSALS) as RefusalCode[]) {
      for (const language of ['en', 'de'] as const) {
        const [sentence] = explainPlan(refuse(code), language);
        assert.match(sentence ?? '', /^(A call now would not ring|Ein Anruf jetzt würde nicht klingeln): .+\.$/);
      }
    }
  });
});
