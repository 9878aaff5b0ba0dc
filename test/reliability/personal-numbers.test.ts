/** One personal number, in many spellings and every place of every door: nothing that is kept or shown holds its digits. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { serving } from '../support/serving.ts';

const BUNDLE = join(import.meta.dirname, '../../policies/bundle.tar.gz');
const BSN = '999990019';
const EACH = [...BSN];

const SPELLINGS = [
  BSN,
  'moeder 999-990-019 belt',
  'moeder 9999-90-019 belt',
  'moeder 9999.90.019 belt',
  'moeder 9999 90 019 belt',
  'moeder 999–990–019 belt',
  `nummer: ${BSN}, ook: 9999.90.019`,
  `https://voorbeeld.nl/?bsn=${BSN}`,
  `00-${'0'.repeat(23)}${BSN}-00f067aa0ba902b7-01`,
  EACH.map((digit) => String.fromCodePoint(0x660 + Number(digit))).join(''),
  `x ${EACH.map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('')} y`,
  EACH.join('\u200b'),
  EACH.map((digit) => `%3${digit}`).join(''),
  JSON.stringify({ bsn: EACH.map((digit) => `\\u003${digit}`).join('') }),
];
const NUMBERS = [BSN, `-${BSN}`, '9.99990019e8', `${BSN}.0`];

/** Written apart from the code under test: every digit of a text, however it is spelled, with nothing between two of them. */
function digitsIn(text: string): string {
  return text
    .replace(/\\+u00(..)|%(..)/g, (_, json, url) => String.fromCharCode(Number.parseInt(json ?? url, 16)))
    .normalize('NFKC')
    .replace(/[\u0660-\u0669]/g, (digit) => String((digit.codePointAt(0) ?? 0) - 0x660))
    .replace(/[^0-9A-Za-z:,]/g, '');
}

/** What an answer shows; `X-Request-ID` is echoed to who sent it. */
function send(
  url: string,
  method: string,
  path: string,
  body: string,
  headers: Record<string, string>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { method, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.on('end', () => {
        const { 'x-request-id': _, ...shown } = answer.headers;
        resolve(`${answer.statusCode} ${JSON.stringify(shown)} ${text}`);
      });
    });
    sent.on('error', reject);
    // Bytes, for Node would write headers in the encoding of a text.
    sent.end(Buffer.from(body));
  });
}

function bodiesWith(written: string): string[] {
  const question = {
    subject: { type: 'medewerker', id: 'mw-1', properties: { '@': '@' } },
    action: { name: '@' },
    resource: { type: 'dossier', id: '@', properties: { domain: '@', data_subject: { id: '@', note: [['@']] } } },
    context: { traceparent: '@', tracestate: '@', time: '@', a: { tracestate: '@', '@': 1 } },
    page: { token: '@' },
    options: { '@': '@' },
  };
  const malformed = {
    subject: '@',
    action: { name: ['@'] },
    resource: { id: 5, '@': 1 },
    context: '@',
    evaluations: '@',
  };
  const facts = [{ fact: 'case_relation', '@': '@', kind: '@', data_subject: '@', subject: '@' }, '@'];
  const { page: _, ...unpaged } = question;
  const bodies = [unpaged, question, { ...unpaged, evaluations: [{}, { context: { b: '@' } }, { resource: '@' }] }];
  const texts = [...bodies, malformed, { facts }].map((body) => JSON.stringify(body));
  return [...texts, '{"@":{"a":1,"a":"@"}}', '{"a":"@"', '["@"]'].map((text) => text.replaceAll('"@"', written));
}

it('never reaches the ledger, the logs, the metrics or an answer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'datwat-numbers-'));
  const flags = ['--bundle', BUNDLE, '--ledger', join(folder, 'ledger'), '--facts', join(folder, 'facts.sqlite')];
  const service = await serving(flags);
  const json = { 'Content-Type': 'application/json' };
  const shown: string[] = [];
  try {
    const doors = ['evaluation', 'evaluations', 'search/subject', 'search/resource', 'search/action'];
    const paths = [...doors.map((door) => `/access/v1/${door}`), '/facts/v1/changes'];
    for (const path of paths) {
      const written = SPELLINGS.flatMap((spelling) => bodiesWith(JSON.stringify(spelling)));
      const asNumbers = NUMBERS.flatMap((number) => bodiesWith(number).filter((text) => !text.includes(`${number}:`)));
      for (const body of [...written, ...asNumbers]) shown.push(await send(service.url, 'POST', path, body, json));
    }
    const question = JSON.stringify({ ...JSON.parse(bodiesWith('"x"')[0] ?? ''), context: {} });
    for (const spelling of SPELLINGS) {
      const header = Buffer.from(spelling).toString('latin1');
      for (const name of [
        'X-Request-ID',
        'Fsc-Transaction-Id',
        'traceparent',
        'tracestate',
        'User-Agent',
        'Content-Type',
      ]) {
        const headers = { ...json, [name]: header };
        shown.push(await send(service.url, 'POST', '/access/v1/evaluation', question, headers));
      }
      const inUrl = encodeURIComponent(spelling);
      shown.push(await send(service.url, 'POST', `/access/v1/evaluation?bsn=${inUrl}`, question, json));
      shown.push(await send(service.url, 'DELETE', `/access/v1/evaluation?bsn=${inUrl}`, '', {}));
      shown.push(await send(service.url, 'GET', `/dossiers/${inUrl}`, '', {}));
    }
    shown.push(
      await send(service.url, 'GET', '/metrics', '', {}),
      await send(service.url, 'GET', '/health/ready', '', {}),
    );
    await service.end('SIGTERM');
    const kept = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => `${file.name} ${readFileSync(join(file.parentPath, file.name), 'utf8')}`);
    const statuses = new Set(shown.map((answer) => answer.slice(0, 3)));
    expect(statuses).toEqual(new Set(['200', '400', '404', '405']));
    const lines = [...shown, ...kept, service.said()].flatMap((text) => text.split('\n'));
    expect(lines.filter((line) => digitsIn(line).includes(BSN)).map((line) => line.slice(0, 2000))).toEqual([]);
  } finally {
    await service.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
