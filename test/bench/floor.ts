/** The floor: reads the body, parses it, answers fixed bytes. Nothing that decides can be faster in Node. */
import { createServer } from 'node:http';

const [port = '0', answer = '{}'] = process.argv.slice(2);
const bytes = Buffer.from(answer);

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString());
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': bytes.length });
    response.end(bytes);
  });
});
server.listen(Number(port), '127.0.0.1', () => console.log('{"msg":"listening"}'));
