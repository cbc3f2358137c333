import type { SettingsPatch, SettingsView } from '@unisono/phone';
import { useState } from 'react';
import { usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { Choice, type ChoiceOption, Empty, PageHead, Select } from '../ui/parts.tsx';
import { moment } from '../ui/times.ts';
import { isWord, useLanguage, useWords } from '../words/index.ts';
import { AlternativeNumber } from './alternative-number.tsx';
import { Preview } from './preview.tsx';

type CallSettings = NonNullable<SettingsView['settings']>;
const RING_SECS = [10, 15, 20, 25, 30, 45, 60];
const AFTER_SECS = [5, 10, 15, 20];

/** Where calls go: all of it on one page, in the order in which a call meets it. */
export function Routing() {
  const words = useWords();
  const { view, shown, isPending } = usePhoneState((state) => state.settings);
  return (
    <>
      <PageHead title={words('routingLong')} />
      {view === undefined || shown === undefined ? (
        <Empty icon="routing">{words('noSettings')}</Empty>
      ) : (
        <div className="stack wide">
          <Outcome view={view} isPending={isPending} />
          <Sections settings={shown} />
        </div>
      )}
    </>
  );
}

/** What a call would do now, in the words of the phone system. */
function Outcome({ view, isPending }: { view: SettingsView; isPending: boolean }) {
  const words = useWords();
  const language = useLanguage();
  const origin = `origin.${view.origin}`;
  return (
    <section className="card preview" aria-label={words('previewTitle')}>
      <div role="status" className="stack tight">
        <Preview sentences={view.preview?.[language] ?? []} />
        {isPending && (
          <p className="row">
            <Icon name="recent" /> {words(view.link.isOnline ? 'pending' : 'pendingOffline')}
          </p>
        )}
      </div>
      {view.rejected !== undefined && (
        <p className="box bad">{words('rejected', { why: view.rejected.message ?? view.rejected.code ?? '' })}</p>
      )}
      {view.changedAtMs !== undefined && isWord(origin) && (
        <small>
          {words('changedAt', { origin: words(origin), when: moment(view.changedAtMs, language, Date.now()) })}
        </small>
      )}
    </section>
  );
}

function Sections({ settings }: { settings: CallSettings }) {
  const words = useWords();
  const run = useRun();
  const phone = usePhone();
  const hasMailbox = usePhoneState((state) => state.voicemail.number !== undefined);
  // What leads to the other number while there is none is set together with the number.
  const [wish, setWish] = useState<SettingsPatch>();
  const change = (patch: SettingsPatch): void => {
    const number = patch.alternativeNumber ?? settings.alternativeNumber;
    const waits = number === undefined && Object.values(patch).includes('alternativeNumber');
    setWish(waits ? patch : undefined);
    if (!waits) run(phone.settings.change(patch));
  };
  const possible = <T extends string>({ value }: ChoiceOption<T>): boolean => value !== 'voicemail' || hasMailbox;
  const usesNumber = [settings.routing, settings.busy, settings.noAnswer].includes('alternativeNumber');
  const shown = { ...settings, ...wish };
  return (
    <>
      <section className="card" aria-labelledby="routing-1">
        <h2 id="routing-1">{words('routingAbout')}</h2>
        <Choice
          legend={words('routingAbout')}
          value={shown.routing}
          options={routingOptions(words, phone.numbers.show, settings).filter(possible)}
          onChange={(routing) => routing !== 'other' && change({ routing })}
        />
      </section>
      <AlternativeNumber
        settings={settings}
        isUsed={usesNumber}
        wish={wish}
        onChange={change}
        onEnd={() => setWish(undefined)}
      />
      <section className="card" aria-labelledby="routing-2">
        <h2 id="routing-2">{words('busyTitle')}</h2>
        {settings.routing !== 'default' && <small>{words('busyOff')}</small>}
        <Choice
          legend={words('busyTitle')}
          value={shown.busy}
          isDisabled={settings.routing !== 'default'}
          options={(['default', 'busySignal', 'alternativeNumber', 'voicemail'] as const)
            .map((value) => ({
              value,
              text: words(`busy.${value}`),
              about: value === 'default' ? words('busy.default.about') : undefined,
            }))
            .filter(possible)}
          onChange={(busy) => change({ busy })}
        />
      </section>
      <section className="card" aria-labelledby="routing-3">
        <h2 id="routing-3">{words('noAnswerTitle')}</h2>
        <Select
          label={words('ringSec')}
          value={String(settings.ringSec ?? '')}
          options={ringOptions(words, settings.ringSec)}
          onChange={(value) => change({ ringSec: value === '' ? null : Number(value) })}
        />
        <Choice
          legend={words('noAnswerTitle')}
          value={shown.noAnswer}
          options={(['none', 'voicemail', 'alternativeNumber'] as const)
            .map((value) => ({ value, text: words(`noAnswer.${value}`) }))
            .filter(possible)}
          onChange={(noAnswer) => change({ noAnswer })}
        />
      </section>
      <Order settings={settings} onChange={change} />
    </>
  );
}

function Order({ settings, onChange }: { settings: CallSettings; onChange: (patch: SettingsPatch) => void }) {
  const words = useWords();
  const { ringOrder } = settings;
  const afterSec = ringOrder.order === 'simultaneous' ? 10 : ringOrder.afterSec;
  return (
    <section className="card" aria-labelledby="routing-4">
      <h2 id="routing-4">{words('orderTitle')}</h2>
      <Choice
        legend={words('orderTitle')}
        value={ringOrder.order}
        options={(['simultaneous', 'deskFirst', 'clientsFirst'] as const).map((value) => ({
          value,
          text: words(`order.${value}`),
        }))}
        onChange={(order) => onChange({ ringOrder: order === 'simultaneous' ? { order } : { order, afterSec } })}
      />
      {ringOrder.order !== 'simultaneous' && (
        <Select
          label={words('after')}
          value={String(afterSec)}
          options={[...new Set([...AFTER_SECS, afterSec])]
            .sort((a, b) => a - b)
            .map((n) => [String(n), words('seconds', { n })] as const)}
          onChange={(value) => onChange({ ringOrder: { order: ringOrder.order, afterSec: Number(value) } })}
        />
      )}
    </section>
  );
}

function ringOptions(words: ReturnType<typeof useWords>, ringSec: number | undefined): (readonly [string, string])[] {
  const all = new Set(ringSec === undefined ? RING_SECS : [...RING_SECS, ringSec]);
  const named = [...all].sort((a, b) => a - b).map((n) => [String(n), words('seconds', { n })] as const);
  return [['', words('ringSystem')], ...named];
}

function routingOptions(
  words: ReturnType<typeof useWords>,
  show: (number: string) => string,
  settings: CallSettings,
): ChoiceOption<CallSettings['routing']>[] {
  const { alternativeNumber, fixedTarget, routing } = settings;
  const named = (['default', 'deskPhoneOnly', 'clientsOnly', 'alternativeNumber', 'voicemail'] as const).map(
    (value) => ({
      value,
      text:
        value === 'alternativeNumber' && alternativeNumber !== undefined
          ? `${words('routing.alternativeNumber')}: ${show(alternativeNumber)}`
          : words(`routing.${value}`),
      about: words(`routing.${value}.about`),
    }),
  );
  if (routing !== 'other') return named;
  const number = fixedTarget === undefined ? '' : show(fixedTarget);
  return [{ value: 'other', text: words('routing.other', { number }), about: words('routing.other.about') }, ...named];
}
