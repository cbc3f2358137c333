import { useId, useState } from 'react';
import { get } from '../api.ts';
import { useLoad, useWords } from '../state.tsx';
import { Check, Field, Select } from '../ui/parts.tsx';
import { type Draft, newRow, valueAt, withValue } from './draft.ts';
import type { FieldOf, Input } from './kinds.ts';

interface Editing {
  readonly fields: readonly FieldOf[];
  readonly draft: Draft;
  readonly isNew: boolean;
  readonly onChange: (draft: Draft) => void;
}

/** The fields of an entry, or of a part of one. */
export function Fields({ fields, draft, isNew, onChange }: Editing) {
  return (
    <>
      {fields
        .filter(({ isFixed }) => isNew || isFixed !== true)
        .map((field) => (
          <OneField
            key={field.path.join('.')}
            field={field}
            value={valueAt(draft, field.path)}
            isNew={isNew}
            onChange={(value) => onChange(withValue(draft, field.path, value))}
          />
        ))}
    </>
  );
}

interface One {
  readonly field: FieldOf;
  readonly value: unknown;
  readonly isNew: boolean;
  readonly onChange: (value: unknown) => void;
}

function OneField({ field, value, isNew, onChange }: One) {
  const words = useWords();
  const { input } = field;
  const label = words(field.label);
  switch (input.as) {
    case 'text':
    case 'secret':
    case 'number':
      return <TextField field={field} input={input} value={value} onChange={onChange} />;
    case 'list':
      return <ListField field={field} value={value} onChange={onChange} />;
    case 'flag':
      return <Check label={label} isOn={value === true} onChange={onChange} />;
    case 'choice':
      return (
        <Select
          label={label}
          value={String(value ?? input.options[0])}
          options={input.options.map((one) => [one, shown(words, input.words, one)])}
          onChange={onChange}
        />
      );
    case 'one':
      return <OneOf label={label} of={input.of} value={value} isRequired={field.isRequired} onChange={onChange} />;
    case 'many':
      return <Many field={field} input={input} value={value} onChange={onChange} />;
    case 'rows':
      return <Rows field={field} input={input} value={value} isNew={isNew} onChange={onChange} />;
  }
}

function shown(words: (word: string) => string, prefix: string | undefined, value: string): string {
  return prefix === undefined ? value : words(`${prefix}.${value}`);
}

type TextInput = Extract<Input, { as: 'text' | 'secret' | 'number' }>;

function TextField({ field, input, value, onChange }: Omit<One, 'isNew'> & { readonly input: TextInput }) {
  const words = useWords();
  const isNumber = input.as === 'number';
  return (
    <Field
      label={words(field.label)}
      value={value === undefined || value === null ? '' : String(value)}
      type={input.as === 'secret' ? 'password' : isNumber ? 'number' : 'text'}
      autoComplete={input.as === 'secret' ? 'new-password' : 'off'}
      {...(field.hint === undefined ? {} : { hint: words(field.hint) })}
      {...(field.isRequired === undefined ? {} : { isRequired: field.isRequired })}
      onChange={(text) => onChange(isNumber && text !== '' ? Number(text) : text)}
    />
  );
}

/** Keeps what is being written: a comma at its end is no text yet. */
function ListField({ field, value, onChange }: Pick<One, 'field' | 'value' | 'onChange'>) {
  const words = useWords();
  const [written, setWritten] = useState(Array.isArray(value) ? value.join(', ') : '');
  return (
    <Field
      label={words(field.label)}
      value={written}
      {...(field.hint === undefined ? {} : { hint: words(field.hint) })}
      onChange={(text) => {
        setWritten(text);
        const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
        onChange(parts.length === 0 ? undefined : parts);
      }}
    />
  );
}

interface Named {
  readonly id: string;
  readonly name?: string;
}

function useEntries(of: string | undefined): readonly Named[] {
  const all = useLoad(
    async () => (of === undefined ? { entries: [] } : await get<{ entries: Named[] }>(`${of}?limit=500`)),
    [of],
  );
  return all.value?.entries ?? [];
}

function OneOf({
  label,
  of,
  value,
  isRequired,
  onChange,
}: {
  readonly label: string;
  readonly of: string;
  readonly value: unknown;
  readonly isRequired: true | undefined;
  readonly onChange: (value: unknown) => void;
}) {
  const words = useWords();
  const entries = useEntries(of);
  const options = entries.map(({ id, name }) => [id, name ?? id] as const);
  const none = isRequired === true ? words('choose') : words('any');
  return <Select label={label} value={String(value ?? '')} options={[['', none], ...options]} onChange={onChange} />;
}

type ManyInput = Extract<Input, { as: 'many' }>;

function Many({ field, input, value, onChange }: Omit<One, 'isNew'> & { readonly input: ManyInput }) {
  const words = useWords();
  const entries = useEntries(input.of);
  const options =
    input.options?.map((one) => [one, shown(words, input.words, one)] as const) ??
    entries.map(({ id, name }) => [id, name ?? id] as const);
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const toggled = (one: string, isOn: boolean): readonly string[] =>
    options.map(([id]) => id).filter((id) => (id === one ? isOn : chosen.includes(id)));
  return (
    <fieldset>
      <legend>{words(field.label)}</legend>
      {field.hint !== undefined && <p className="hint">{words(field.hint)}</p>}
      {options.map(([one, label]) => (
        <Check key={one} label={label} isOn={chosen.includes(one)} onChange={(isOn) => onChange(toggled(one, isOn))} />
      ))}
    </fieldset>
  );
}

type RowsInput = Extract<Input, { as: 'rows' }>;

function Rows({ field, input, value, onChange }: One & { readonly input: RowsInput }) {
  const words = useWords();
  const id = useId();
  const rows = (Array.isArray(value) ? value : []) as readonly Draft[];
  const title = (index: number): string => `${words(input.title)} ${index + 1}`;
  return (
    <fieldset>
      <legend>{words(field.label)}</legend>
      {field.hint !== undefined && <p className="hint">{words(field.hint)}</p>}
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name until they are saved
        <fieldset key={`${id} ${index}`}>
          <legend>{title(index)}</legend>
          <div className="fields">
            <Fields
              fields={input.fields}
              draft={row}
              isNew
              onChange={(draft) => onChange(rows.map((one, at) => (at === index ? draft : one)))}
            />
          </div>
          <button type="button" onClick={() => onChange(rows.filter((_, at) => at !== index))}>
            {words('remove')}: {title(index)}
          </button>
        </fieldset>
      ))}
      <button type="button" onClick={() => onChange([...rows, newRow(input.fields)])}>
        {words('add')}: {words(input.title)}
      </button>
    </fieldset>
  );
}
