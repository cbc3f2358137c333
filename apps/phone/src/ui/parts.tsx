import { type ButtonHTMLAttributes, type ReactNode, type Ref, useId } from 'react';
import { usePhone } from '../phone-context.ts';
import { useWords, type Words } from '../words/index.ts';
import { Icon, type IconName } from './icons.tsx';

/** The other side, of a call or of an entry that was read from the Connector. */
export interface PartyLike {
  readonly name?: string | undefined;
  readonly number?: string | undefined;
}

export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="pagehead">
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </div>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly ref?: Ref<HTMLButtonElement>;
  readonly icon: IconName;
  readonly label: string;
}

export function IconButton({ icon, label, className = '', ...rest }: IconButtonProps) {
  return (
    <button type="button" className={`iconbutton ${className}`} aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string | undefined;
  readonly type?: string;
  readonly autoComplete?: string;
  readonly inputMode?: 'text' | 'tel' | 'email' | 'numeric';
  readonly isRequired?: boolean;
  readonly hasFocus?: boolean;
  readonly onChange: (value: string) => void;
}

export function Field(props: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        type={props.type ?? 'text'}
        value={props.value}
        required={props.isRequired}
        // biome-ignore lint/a11y/noAutofocus: a form of one field that was just asked for
        autoFocus={props.hasFocus}
        inputMode={props.inputMode}
        autoComplete={props.autoComplete ?? 'off'}
        autoCapitalize="none"
        spellCheck={false}
        aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => props.onChange(event.target.value)}
      />
      {props.hint !== undefined && <small id={`${id}-hint`}>{props.hint}</small>}
    </div>
  );
}

export function Select({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string;
  options: readonly (readonly [value: string, text: string])[];
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([one, shown]) => (
          <option key={one} value={one}>
            {shown}
          </option>
        ))}
      </select>
    </div>
  );
}

export function Switch({
  label,
  hint,
  isOn,
  isDisabled = false,
  onChange,
}: {
  label: string;
  hint?: string;
  isOn: boolean;
  isDisabled?: boolean;
  onChange: (isOn: boolean) => void;
}) {
  return (
    <label className="switch">
      <span className="grow">
        {label}
        {hint !== undefined && (
          <>
            <br />
            <small>{hint}</small>
          </>
        )}
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-checked={isOn}
        checked={isOn}
        disabled={isDisabled}
        onChange={(event) => onChange(event.target.checked)}
      />
    </label>
  );
}

export interface ChoiceOption<T extends string> {
  readonly value: T;
  readonly text: string;
  readonly about?: string | undefined;
  readonly isDisabled?: boolean;
}

/** One of several, each explained; what belongs to the chosen one stands below it. */
export function Choice<T extends string>({
  legend,
  value,
  options,
  isDisabled = false,
  onChange,
}: {
  legend: string;
  value: T | undefined;
  options: readonly ChoiceOption<T>[];
  isDisabled?: boolean;
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className="stack tight" disabled={isDisabled}>
      <legend className="unseen">{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className="choice">
          <input
            type="radio"
            name={name}
            checked={value === option.value}
            disabled={option.isDisabled}
            onChange={() => onChange(option.value)}
          />
          <span className="text">
            <span>{option.text}</span>
            {option.about !== undefined && <small>{option.about}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function Problem({ text }: { text: string | undefined }) {
  return <div role="alert">{text !== undefined && <p className="box bad">{text}</p>}</div>;
}

export function Empty({ icon, children }: { icon: IconName; children: ReactNode }) {
  return (
    <div className="empty">
      <Icon name={icon} />
      {children}
    </div>
  );
}

/** A circle with the first letters of a name; they are no text, so that they are in nobody's way who listens or searches. */
export function Face({
  party,
  presence,
  isLarge = false,
  icon = 'phone',
}: {
  party: PartyLike;
  /** A colleague's state, as a dot; it is said in words beside it. */
  presence?: string | undefined;
  isLarge?: boolean;
  /** Instead of the letters of a name that is not known. */
  icon?: IconName;
}) {
  const name = party.name ?? '';
  const letters = name
    .split(/\s+/)
    .filter((word) => /^\p{L}/u.test(word))
    .map((word) => word.charAt(0).toUpperCase());
  const shown = [letters[0], letters.length > 1 ? letters.at(-1) : ''].join('');
  const hue = [...(name || (party.number ?? ''))].reduce((sum, char) => sum + char.charCodeAt(0), 0) % 5;
  return (
    <span
      className={isLarge ? 'face large' : 'face'}
      data-hue={hue}
      data-letters={shown}
      data-presence={presence}
      aria-hidden="true"
    >
      {shown === '' && <Icon name={icon} />}
    </span>
  );
}

/** Name and number of the other side, whatever of it is known. */
export function partyTexts(words: Words, show: (number: string) => string, party: PartyLike): [string, string] {
  const number = party.number === undefined ? undefined : show(party.number);
  if (party.name !== undefined) return [party.name, number ?? ''];
  return number === undefined ? [words('nameless'), words('withheld')] : [number, ''];
}

/** Gives the texts of a party. */
export function usePartyTexts(): (party: PartyLike) => [name: string, number: string] {
  const words = useWords();
  const { numbers } = usePhone();
  return (party) => partyTexts(words, (number) => numbers.show(number), party);
}
