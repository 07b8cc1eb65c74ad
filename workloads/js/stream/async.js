async function operation(i) {
  const source = new Source(i);
  const response = new Response(i);
  for (;;) {
    const chunk = await source.read();
    if (chunk === null) return response.end();
    response.write(chunk);
  }
}
