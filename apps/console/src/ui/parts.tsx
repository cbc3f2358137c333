import { type ReactNode, useId } from 'react';
import type { Problem } from '../api.ts';
import { useApp, useWords } from '../state.tsx';

export function Page({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <>
      <div className="head">
        <h1 tabIndex={-1}>{title}</h1>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </div>
      {children}
    </>
  );
}

export function Card({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section className="card">
      {title !== undefined && <h2>{title}</h2>}
      {children}
    </section>
  );
}

/** To the page where a new entry of a list is made, for who may. */
export function AddLink({ to, label }: { to: string; label?: string }) {
  const words = useWords();
  const { isAdmin } = useApp();
  if (!isAdmin) return null;
  return (
    <a className="button" href={`#/${to}/new`}>
      {label ?? words('new')}
    </a>
  );
}

/** What went wrong, and what to do. */
export function ProblemBox({ problem }: { problem: Problem | undefined }) {
  if (problem === undefined) return null;
  const errors = problem.errors ?? [];
  return (
    <div className="box bad" role="alert">
      <p>
        <strong>{problem.detail}</strong> {problem.action}
      </p>
      {errors.length > 0 && (
        <ul>
          {errors.slice(0, 200).map((error) => (
            <li key={`${error.path} ${error.code} ${error.message}`}>
              {error.path !== '' && <code>{error.path}</code>} {error.message} {error.hint}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export function GoodBox({ children }: { children: ReactNode }) {
  return (
    <div className="box good" role="status">
      {children}
    </div>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly type?: string;
  readonly autoComplete?: string;
  readonly isRequired?: boolean;
  readonly onChange: (value: string) => void;
}

export function Field({ label, value, hint, type = 'text', autoComplete = 'off', isRequired, onChange }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type={type}
        value={value}
        required={isRequired}
        autoComplete={autoComplete}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
      {hint !== undefined && (
        <small id={`${id}-hint`} className="hint">
          {hint}
        </small>
      )}
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

export function Check({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label className="check">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} /> {label}
    </label>
  );
}

export type Tone = 'good' | 'bad' | 'warn' | 'plain';

export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

/** A table that becomes a list of cards on a narrow screen. */
export function Table({
  caption,
  head,
  rows,
}: {
  caption: string;
  head: readonly string[];
  rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
}) {
  const words = useWords();
  if (rows.length === 0) return <p className="hint">{words('nothing')}</p>;
  return (
    <table>
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          {head.map((one) => (
            <th key={one} scope="col">
              {one}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells }) => (
          <tr key={key}>
            {cells.map((cell, index) => (
              <td key={head[index]} data-label={head[index]}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How much of something is used, drawn and in words. */
export function Meter({ label, used, granted, free }: { label: string; used: number; granted: number; free: number }) {
  const words = useWords();
  return (
    <div className="meter">
      <div className="row">
        <strong>{label}</strong>
        <span>
          {used} {words('inUse')} · {free} {words('free')} · {granted} {words('granted')}
        </span>
      </div>
      <meter aria-label={label} min={0} max={Math.max(granted, 1)} value={used} high={granted * 0.9} optimum={0} />
    </div>
  );
}
