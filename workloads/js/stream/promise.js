function pump(source, response) {
  return source.read().then((chunk) => {
    if (chunk === null) return response.end();
    response.write(chunk);
    return pump(source, response);
  });
}

function operation(i) { return pump(new Source(i), new Response(i)); }
