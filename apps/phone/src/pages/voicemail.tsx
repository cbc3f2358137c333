import { useEffect, useState } from 'react';
import { usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { Empty, PageHead } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';
import { Greeting } from './greeting.tsx';
import { Message } from './voicemail-message.tsx';

/** The mailbox: its messages here, or by a call where the phone system is not connected to the cloud. */
export function Voicemail() {
  const words = useWords();
  const { voicemail } = usePhone();
  const { number, messages, greeting } = usePhoneState((state) => state.voicemail);
  const [isGreetingOpen, setGreetingOpen] = useState(false);
  useEffect(() => {
    voicemail.refresh();
  }, [voicemail]);
  if (number === undefined)
    return (
      <>
        <PageHead title={words('voicemail')} />
        <Empty icon="voicemail">{words('noMailbox')}</Empty>
      </>
    );
  return (
    <>
      <PageHead title={words('voicemail')}>
        {greeting !== undefined && (
          <button
            type="button"
            className="button small quiet"
            aria-expanded={isGreetingOpen}
            onClick={() => setGreetingOpen(!isGreetingOpen)}
          >
            {words('greeting')}
          </button>
        )}
      </PageHead>
      <div className="stack">
        {/* Above the messages, however many there are. */}
        {greeting !== undefined && isGreetingOpen && <Greeting isOwn={greeting.isOwn} maxMs={greeting.maxMs} />}
        {messages === undefined ? (
          <ByCall number={number} />
        ) : messages.length === 0 ? (
          <Empty icon="voicemail">{words('noMessages')}</Empty>
        ) : (
          <ul className="list">
            {messages.map((message) => (
              <Message key={message.id} message={message} />
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

function ByCall({ number }: { number: string }) {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  const { newMessages, oldMessages } = usePhoneState((state) => state.voicemail);
  return (
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
  );
}
