import type { Favourite } from '@unisono/phone';
import { useState } from 'react';
import { usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { FindField } from '../ui/find-field.tsx';
import { Icon } from '../ui/icons.tsx';
import { Face, IconButton, PageHead } from '../ui/parts.tsx';
import { joined, usePresence } from '../ui/presence.ts';
import { useWords } from '../words/index.ts';
import { Colleagues } from './colleagues.tsx';

/** Favourites, then everybody in the directory, with a field that finds them. */
export function Favourites() {
  const words = useWords();
  const list = usePhoneState((state) => state.favourites.list);
  const [typed, setTyped] = useState('');
  return (
    <form
      className="people"
      onSubmit={(event) => {
        event.preventDefault();
        event.currentTarget.querySelector<HTMLElement>('.person .item')?.focus();
      }}
    >
      <PageHead title={words('favourites')} />
      <FindField
        label="findPeople"
        typed={typed}
        onTyped={setTyped}
        onDown={(field) => field.form?.querySelector<HTMLElement>('.item')?.focus()}
      />
      {list.length > 0 && typed.trim() === '' && <Own list={list} />}
      <Colleagues typed={typed} />
    </form>
  );
}

function Own({ list }: { list: readonly Favourite[] }) {
  const words = useWords();
  const [isArranging, setArranging] = useState(false);
  return (
    <section aria-labelledby="favourites">
      <div className="sectionhead">
        <h2 id="favourites">{words('favouritesTitle')}</h2>
        <button type="button" className="button small quiet" onClick={() => setArranging(!isArranging)}>
          {words(isArranging ? 'finish' : 'arrange')}
        </button>
      </div>
      <ul className="list">
        {list.map((one, index) => (
          <li key={`${one.name} ${one.number}`}>
            {isArranging ? <Arranged one={one} index={index} list={list} /> : <Callable one={one} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Callable({ one }: { one: Favourite }) {
  const words = useWords();
  const run = useRun();
  const { calls, numbers } = usePhone();
  const presence = usePresence()(one.presence);
  return (
    <button type="button" className="item" onClick={() => run(calls.dial(one.number))}>
      <Face party={one} presence={presence?.state} />
      <span className="what">
        <strong className="cut">{one.name}</strong>
        <small className="cut tnum">{joined(numbers.show(one.number), presence?.text)}</small>
      </span>
      <span className="unseen">{words('call')}</span>
      <span className="iconbutton call">
        <Icon name="phone" />
      </span>
    </button>
  );
}

function Arranged({ one, index, list }: { one: Favourite; index: number; list: readonly Favourite[] }) {
  const words = useWords();
  const run = useRun();
  const { book } = usePhone();
  const without = list.filter((other) => other !== one);
  const moveTo = (place: number) => () => run(book.setFavourites(without.toSpliced(place, 0, one)));
  return (
    <div className="item">
      <strong className="what cut">{one.name}</strong>
      <IconButton
        icon="up"
        label={words('moveUp', { who: one.name })}
        disabled={index === 0}
        onClick={moveTo(index - 1)}
      />
      <IconButton
        icon="low"
        label={words('moveDown', { who: one.name })}
        disabled={index === list.length - 1}
        onClick={moveTo(index + 1)}
      />
      <IconButton
        icon="bin"
        label={`${words('removeFavourite')}: ${one.name}`}
        onClick={() => run(book.setFavourites(without))}
      />
    </div>
  );
}
