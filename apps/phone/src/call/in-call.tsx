import type { Call } from '@unisono/phone';
import { useRef, useState } from 'react';
import { useIsWide } from '../browser/media-query.ts';
import { useNowMs, usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { useKeyHint } from '../ui/key-hint.tsx';
import { IconButton } from '../ui/parts.tsx';
import { useIsScrolled } from '../ui/scrolled.ts';
import { duration } from '../ui/times.ts';
import { useWords } from '../words/index.ts';
import { isGathering, useCallTexts } from './call-texts.ts';
import { moveText, phaseText } from './call-words.ts';
import { Who } from './incoming.tsx';
import { Keys } from './keys.tsx';
import { Members } from './members.tsx';
import { NumberChooser } from './number-chooser.tsx';
import { Quality } from './quality.tsx';
import { isToBeHeld } from './which.ts';

type Panel = 'none' | 'keys' | 'transfer' | 'add' | 'move';

/** The call spoken in, its controls always at the same places. */
export function InCall({ call, other }: { call: Call; other: Call | undefined }) {
  const words = useWords();
  const [panel, setPanel] = useState<Panel>('none');
  const section = useRef<HTMLElement>(null);
  // Back to what opened it.
  const close = (): void => {
    setPanel('none');
    section.current?.querySelector<HTMLElement>('.control[aria-pressed=true][data-opens]')?.focus();
  };
  // While it is being transferred, merged or moved, nothing else is begun with it.
  const isUp = call.phase === 'active' && call.move === undefined;
  return (
    <section
      ref={section}
      className="incall"
      aria-label={words('phase.active')}
      onKeyDown={({ key }) => key === 'Escape' && panel !== 'none' && close()}
    >
      {other !== undefined && <OtherCallRow call={other} main={call} />}
      {panel === 'none' ? <Main call={call} other={other} /> : <Small call={call} />}
      {panel === 'keys' && <DigitKeys call={call} onClose={close} />}
      {panel === 'transfer' && <Transfer call={call} other={other} onClose={close} />}
      {panel === 'add' && <AddCall call={call} onClose={close} />}
      {panel === 'move' && <Move call={call} onClose={close} />}
      <Controls call={call} other={other} panel={panel} isUp={isUp} onPanel={setPanel} />
    </section>
  );
}

function Main({ call, other }: { call: Call; other: Call | undefined }) {
  const words = useWords();
  const { calls, numbers } = usePhone();
  const run = useRun();
  const texts = useCallTexts();
  const middle = useRef<HTMLDivElement>(null);
  const isScrolled = useIsScrolled(middle);
  const asker = other === undefined ? '' : texts(other)[0];
  const moving = moveText(words, call, numbers.show);
  const isListed = isGathering(call) && (call.conference?.members.length ?? 0) > 0;
  return (
    <div className="middle" ref={middle} tabIndex={isScrolled ? 0 : undefined}>
      <Who call={call} isListed={isListed} />
      <p className="clock tnum">
        <Clock call={call} />
        {isListed && <small> · {words('memberCount', { n: call.conference?.members.length ?? 0 })}</small>}
      </p>
      {call.isMuted && (
        <p className="badge warn">
          <Icon name="micOff" /> {words('muted')}
        </p>
      )}
      {call.isHeld && call.holdChange === undefined && call.move === undefined && (
        <div className="box held row">
          <span className="grow">{words('heldBanner')}</span>
          <button type="button" className="button main small" onClick={() => run(calls.resume(call.id))}>
            <Icon name="play" /> {words('resumeCall')}
          </button>
        </div>
      )}
      {call.isHoldRefused && <p className="badge warn">{words('holdRefused')}</p>}
      {isListed && <Members call={call} />}
      {call.digitsToSend !== '' && <p className="soft">{words('waitingDigits', { digits: call.digitsToSend })}</p>}
      {call.isEmergency && <p className="box">{words('emergencyNote')}</p>}
      {moving !== undefined && <p className="box tint">{moving}</p>}
      {moving === undefined && call.phase === 'active' && other !== undefined && call.consultationFor === other.id && (
        <p className="soft clamp">{words('asking', { who: asker })}</p>
      )}
      <Quality call={call} />
    </div>
  );
}

function Small({ call }: { call: Call }) {
  const words = useWords();
  const [name] = useCallTexts()(call);
  const Name = useIsWide() ? 'h2' : 'h1';
  return (
    <div className="small row">
      <Name className="cut">{name}</Name>
      <span className="grow" />
      <span className="tnum">
        {call.phase === 'active' && !isToBeHeld(call) ? <Clock call={call} /> : phaseText(words, call)}
      </span>
    </div>
  );
}

export function Clock({ call }: { call: Call }) {
  const nowMs = useNowMs(call.phase === 'active');
  return call.answeredAtMs === undefined ? null : duration((call.endedAtMs ?? nowMs) - call.answeredAtMs);
}

function OtherCallRow({ call, main }: { call: Call; main: Call }) {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  const canMerge = usePhoneState((state) => state.desk?.canMerge ?? false);
  const [name, detail] = useCallTexts()(call);
  const areBothUp = call.phase === 'active' && main.phase === 'active';
  const areBothConferences = call.isConference && main.isConference;
  return (
    <div className="other">
      <span className="grow lines">
        <strong className="cut">{name}</strong>
        <small className="cut">
          {[
            call.isHoldRefused ? words('holdRefused') : phaseText(words, call),
            canMerge && areBothUp && areBothConferences ? words('twoConferences') : isGathering(call) ? detail : '',
          ]
            .filter(Boolean)
            .join(' · ')}
        </small>
      </span>
      {canMerge && areBothUp && !areBothConferences && (
        <button type="button" className="button small" onClick={() => run(calls.merge(main.id, call.id))}>
          <Icon name="merge" /> {words('merge')}
        </button>
      )}
      <IconButton icon="hangUp" label={`${words('hangUp')}: ${name}`} onClick={() => run(calls.hangUp(call.id))} />
    </div>
  );
}

interface ControlsProps {
  readonly call: Call;
  readonly other: Call | undefined;
  readonly panel: Panel;
  readonly isUp: boolean;
  readonly onPanel: (panel: Panel) => void;
}

function Controls({ call, other, panel, isUp, onPanel }: ControlsProps) {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  const hint = useKeyHint();
  const toggle = (one: Panel) => () => onPanel(panel === one ? 'none' : one);
  const hold = (): unknown => run(isToBeHeld(call) ? calls.resume(call.id) : calls.hold(call.id));
  // Who was asked gets the call at once; the panel is for everybody else.
  const asker =
    other?.phase === 'active' && call.consultationFor === other.id && !other.isConference ? other : undefined;
  return (
    <div className="controls">
      <Control
        icon={call.isMuted ? 'micOff' : 'mic'}
        text={words('mute')}
        isOn={call.isMuted}
        hint={hint('mute', 'M')}
        onClick={() => run(calls.setMuted(call.id, !call.isMuted))}
      />
      <Control
        icon="keypad"
        text={words('keys')}
        isOn={panel === 'keys'}
        opens="keys"
        isDisabled={!isUp}
        onClick={toggle('keys')}
      />
      <Control
        icon={isToBeHeld(call) ? 'play' : 'pause'}
        text={words(isToBeHeld(call) ? 'resumeCall' : 'hold')}
        hint={hint(isToBeHeld(call) ? 'resumeCall' : 'hold', 'H')}
        isDisabled={!isUp}
        onClick={hold}
      />
      {other === undefined ? (
        <Control
          icon="add"
          text={words('addCall')}
          isOn={panel === 'add'}
          opens="add"
          isDisabled={!isUp}
          onClick={toggle('add')}
        />
      ) : (
        <Control icon="swap" text={words('swap')} isDisabled={!isUp} onClick={() => run(calls.swap())} />
      )}
      <Control
        icon="transfer"
        text={words('transfer')}
        isOn={panel === 'transfer'}
        opens="transfer"
        isDisabled={!isUp || call.isConference}
        onClick={asker === undefined ? toggle('transfer') : () => run(calls.transferAttended(call.id, asker.id))}
      />
      <Control
        icon="move"
        text={words('moveTo')}
        isOn={panel === 'move'}
        opens="move"
        isDisabled={!isUp}
        onClick={toggle('move')}
      />
      <button
        type="button"
        className="big stop end"
        {...hint('hangUp', 'E')}
        onClick={() => run(calls.hangUp(call.id))}
      >
        <span className="round">
          <Icon name="hangUp" />
        </span>
        {words('hangUp')}
      </button>
    </div>
  );
}

function Control(props: {
  icon: IconName;
  text: string;
  isOn?: boolean;
  isDisabled?: boolean;
  opens?: Panel;
  hint?: ReturnType<ReturnType<typeof useKeyHint>>;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      className="control"
      aria-pressed={props.isOn}
      {...props.hint}
      data-opens={props.opens}
      disabled={props.isDisabled}
      onClick={props.onClick}
    >
      <span className="round">
        <Icon name={props.icon} />
      </span>
      {props.text}
    </button>
  );
}

function DigitKeys({ call, onClose }: { call: Call; onClose: () => void }) {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  return (
    <div className="panel">
      <div className="row">
        <output className="digits tnum grow" aria-label={words('sentDigits', { digits: call.sentDigits })}>
          <bdi>{call.sentDigits || '\u00a0'}</bdi>
        </output>
        <IconButton icon="close" label={words('close')} onClick={onClose} />
      </div>
      <Keys onKey={(key) => run(calls.sendDigits(call.id, key))} />
    </div>
  );
}

function Transfer({ call, other, onClose }: { call: Call; other: Call | undefined; onClose: () => void }) {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  const texts = useCallTexts();
  const connect = (): void => {
    if (other !== undefined) run(calls.transferAttended(call.id, other.id));
  };
  const askFirst = (number: string): void => {
    run(calls.dial(number, { consultationFor: call.id })).then(onClose);
  };
  const transferNow = (number: string): void => {
    run(calls.transfer(call.id, number));
    onClose();
  };
  return (
    <div className="panel">
      {other?.phase === 'active' && !other.isConference && (
        <button type="button" className="button main wide" onClick={connect}>
          <span className="clamp">{words('connectBoth', { a: texts(other)[0], b: texts(call)[0] })}</span>
        </button>
      )}
      <NumberChooser
        title={words('transferTo')}
        except={call.party.number}
        onClose={onClose}
        actions={[
          ...(other === undefined ? [{ text: words('askFirst'), isMain: true, onChoose: askFirst }] : []),
          { text: words('transferNow'), isMain: false, onChoose: transferNow },
        ]}
      />
    </div>
  );
}

function AddCall({ call, onClose }: { call: Call; onClose: () => void }) {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  const dial = (number: string): void => {
    run(calls.dial(number)).then(onClose);
  };
  return (
    <div className="panel">
      <NumberChooser
        title={words(isGathering(call) ? 'addMember' : 'addCall')}
        except={call.party.number}
        onClose={onClose}
        actions={[{ text: words('call'), isMain: true, onChoose: dial }]}
      />
    </div>
  );
}

function Move({ call, onClose }: { call: Call; onClose: () => void }) {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  const devices = usePhoneState((state) => state.devices)
    .filter(({ isThisOne }) => !isThisOne)
    .toSorted((a, b) => b.lastSeenAtMs - a.lastSeenAtMs);
  const push = (to: string) => () => {
    run(calls.push(call.id, to));
    onClose();
  };
  return (
    <div className="panel">
      <div className="row">
        <h2 className="grow">{words('moveTitle')}</h2>
        <IconButton icon="close" label={words('close')} onClick={onClose} />
      </div>
      <p className="soft">{words('moveAbout')}</p>
      <button type="button" className="button wide" onClick={push('desk')}>
        <Icon name="desk" /> {words('toDesk')}
      </button>
      {call.isMuted && <p className="box">{words('deskNotMuted')}</p>}
      <button type="button" className="button wide" onClick={push('clients')}>
        <Icon name="bell" /> {words('toClients')}
      </button>
      {devices.map(({ installationId, name }) => (
        <button key={installationId} type="button" className="button wide" onClick={push(installationId)}>
          <Icon name="devices" /> <span className="cut">{name}</span>
        </button>
      ))}
    </div>
  );
}
