// The sample function on Node.js: its own HTTP server.
// Port and address come from $PORT (8080) and $HOST (127.0.0.1).
'use strict';

const http = require('http');

const body = 'hello from coldstart\n';

const server = http.createServer((request, response) => {
  response.writeHead(200, {'Content-Type': 'text/plain', 'Content-Length': body.length});
  response.end(body);
});

// Process 1 of a container gets no signal that it does not handle.
process.on('SIGTERM', () => process.exit(0));

server.listen(Number(process.env.PORT || 8080), process.env.HOST || '127.0.0.1');
