import { z } from 'zod';
import { audioFile, voicemailBox } from '../clients/voicemail.ts';
import { id } from '../values/scalars.ts';
import { API_PREFIX } from '../values/version.ts';
import { endpoint } from './endpoint.ts';

const access = 'session';
const group = 'Voicemail';
const at = (path: string) => `${API_PREFIX}/me/voicemail${path}` as const;
const params = z.object({ messageId: id });
const problems = ['systemOffline', 'noConnectionData', 'phoneOff', 'notFound', 'upstream'] as const;

/** The mailbox of a signed-in person. Messages are kept by the phone system alone: with its link down there is `systemOffline`. */
export const VOICEMAIL_ENDPOINTS = {
  voicemail: endpoint({
    method: 'GET',
    path: at(''),
    access,
    group,
    about: 'The messages in the mailbox of this person, the latest first.',
    replies: { 200: voicemailBox },
    problems,
  }),
  voicemailAudio: endpoint({
    method: 'GET',
    path: at('/messages/:messageId/audio'),
    access,
    group,
    about: 'What was said. It does not mark the message heard.',
    params,
    replies: { 200: audioFile },
    problems,
  }),
  voicemailHeard: endpoint({
    method: 'POST',
    path: at('/messages/:messageId/heard'),
    access,
    group,
    about: 'The message was listened to.',
    params,
    replies: { 204: null },
    problems,
  }),
  deleteVoicemail: endpoint({
    method: 'DELETE',
    path: at('/messages/:messageId'),
    access,
    group,
    about: 'Deletes a message for good.',
    params,
    replies: { 204: null },
    problems,
  }),
  greeting: endpoint({
    method: 'GET',
    path: at('/greeting'),
    access,
    group,
    about: 'The greeting of this person; `notFound` when callers hear the standard one.',
    replies: { 200: audioFile },
    problems,
  }),
  setGreeting: endpoint({
    method: 'PUT',
    path: at('/greeting'),
    access,
    group,
    about: 'Another greeting, a minute at most.',
    body: audioFile,
    replies: { 204: null },
    problems: [...problems, 'tooLarge'],
  }),
  deleteGreeting: endpoint({
    method: 'DELETE',
    path: at('/greeting'),
    access,
    group,
    about: 'Callers hear the standard greeting again.',
    replies: { 204: null },
    problems,
  }),
} as const;
