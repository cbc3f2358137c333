import { parseContentDisposition, parseMediaType, printContentDisposition, printMediaType } from './index.ts';
import { header } from './testing.ts';

header('Content-Type', parseMediaType, printMediaType, [
  ['application/sdp', { name: 'application/sdp', type: 'application', subtype: 'sdp', paramsText: '' }],
  [
    'Text / HTML ; charset=ISO-8859-4',
    { name: 'text/html', type: 'text', subtype: 'html', paramsText: '; charset=ISO-8859-4' },
    'text/html; charset=ISO-8859-4',
  ],
  ['', undefined],
  ['application', undefined],
  ['application/', undefined],
  ['/sdp', undefined],
  ['a/b/c', undefined],
  ['a b/c', undefined],
  ['a/b;;', undefined],
]);

header('Content-Disposition', parseContentDisposition, printContentDisposition, [
  ['session', { type: 'session', isRequired: true, paramsText: '' }],
  [
    'Signal;Handling=Optional',
    { type: 'signal', isRequired: false, paramsText: ';Handling=Optional' },
    'signal;Handling=Optional',
  ],
  [
    'render; handling=required',
    { type: 'render', isRequired: true, paramsText: '; handling=required' },
    'render; handling=required',
  ],
  ['', undefined],
  ['a b', undefined],
]);
