import type { CallEvent } from '@unisono/contract';
import type { Change } from '../change.ts';
import { connectionOf } from '../sync/connections.ts';
import { numberKey } from './numbers.ts';

type Party = CallEvent['party'];

/**
 * A party with the name that the tenant's shared contacts have for its number, where the phone system told none. LDAP directories are not
 * asked: what is written must not wait for a network. `LateNames` asks them.
 */
export async function withName(one: Change, tenantId: string, userId: string, party: Party): Promise<Party> {
  const { number, name } = party;
  if (number === undefined || name !== undefined) return party;
  const { writing } = one;
  const someContact = writing.selectFrom('contact_numbers').select('contact_id').where('tenant_id', '=', tenantId);
  if ((await someContact.limit(1).executeTakeFirst()) === undefined) return party;
  const dialling = number.startsWith('+')
    ? undefined
    : (await connectionOf(one.context, tenantId, userId, writing))?.data.dialling;
  const contact = await writing
    .selectFrom('contact_numbers')
    .innerJoin('contacts', (join) =>
      join
        .onRef('contacts.tenant_id', '=', 'contact_numbers.tenant_id')
        .onRef('contacts.id', '=', 'contact_numbers.contact_id'),
    )
    .select('contacts.name')
    .where('contact_numbers.tenant_id', '=', tenantId)
    .where('contact_numbers.number_key', '=', numberKey(number, dialling))
    .executeTakeFirst();
  return contact === undefined ? party : { ...party, name: contact.name };
}
