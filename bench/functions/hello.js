// The sample function on Node.js: its own HTTP server.
// A request with the header X-Coldstart-Duration-Us is answered so many microseconds later.
// Port and address come from $PORT (8080) and $HOST (127.0.0.1).
'use strict';

const http = require('http');

const body = 'hello from coldstart\n';

function answer(response) {
  response.writeHead(200, {'Content-Type': 'text/plain', 'Content-Length': body.length});
  response.end(body);
}

// A timer of whole milliseconds may be early by one.
function answerAt(endMs, response) {
  const leftMs = endMs - performance.now();
  if (leftMs <= 0) return answer(response);
  setTimeout(answerAt, Math.ceil(leftMs), endMs, response);
}

const server = http.createServer((request, response) => {
  const workUs = Number(request.headers['x-coldstart-duration-us']);
  if (workUs > 0) return answerAt(performance.now() + workUs / 1000, response);
  answer(response);
});

// Process 1 of a container gets no signal that it does not handle.
process.on('SIGTERM', () => process.exit(0));

server.listen(Number(process.env.PORT || 8080), process.env.HOST || '127.0.0.1');
