import type { VoicemailMessage } from '@unisono/phone';
import { usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { Empty, Face, PageHead, usePartyTexts } from '../ui/parts.tsx';
import { duration, moment } from '../ui/times.ts';
import { useLanguage, useWords } from '../words/index.ts';

export function Voicemail() {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  const { number, newMessages, oldMessages, messages } = usePhoneState((state) => state.voicemail);
  if (number === undefined)
    return (
      <>
        <PageHead title={words('voicemail')} />
        <Empty icon="voicemail">{words('noMailbox')}</Empty>
      </>
    );
  return (
    <>
      <PageHead title={words('voicemail')} />
      <div className="stack">
        <div className="card">
          <dl className="figures">
            <div>
              <dt>{words('newMessages')}</dt>
              <dd className={newMessages > 0 ? 'tnum high' : 'tnum'}>{newMessages}</dd>
            </div>
            <div>
              <dt>{words('oldMessages')}</dt>
              <dd className="tnum">{oldMessages}</dd>
            </div>
          </dl>
          <button type="button" className="button main wide" onClick={() => run(calls.dial(number))}>
            <Icon name="play" /> {words('callMailbox')}
          </button>
          <small>{words('mailboxAbout')}</small>
        </div>
        {messages !== undefined && <Messages messages={messages} />}
        <div className="card">
          <button type="button" className="button wide" onClick={() => run(calls.dial(number))}>
            <Icon name="mic" /> {words('recordGreeting')}
          </button>
          <small>{words('recordAbout')}</small>
        </div>
      </div>
    </>
  );
}

function Messages({ messages }: { messages: readonly VoicemailMessage[] }) {
  const words = useWords();
  const language = useLanguage();
  const texts = usePartyTexts();
  const nowMs = Date.now();
  if (messages.length === 0) return <Empty icon="voicemail">{words('noMessages')}</Empty>;
  return (
    <ul className="list">
      {messages.map((message) => (
        <li key={message.id} className="item">
          <Face party={message.from} />
          <span className="what">
            <strong className="cut">{texts(message.from)[0]}</strong>
            <small className="tnum">
              {moment(message.atMs, language, nowMs)} · {duration(message.durationSec * 1000)}
            </small>
          </span>
          {!message.isHeard && <span className="badge warn">{words('newCount', { n: 1 })}</span>}
        </li>
      ))}
    </ul>
  );
}
