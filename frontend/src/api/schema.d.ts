/** Stands in until the server's OpenAPI document is generated into this file by `npm run api`. */
type Parameters = { query?: any; path?: any; header?: any; cookie?: any };
type Operation = {
  parameters: Parameters;
  requestBody?: { content: { 'application/json': any } };
  responses: { 200: { headers: any; content: { 'application/json': any } } };
};
export type paths = Record<
  string,
  {
    parameters: Parameters;
    get: Operation;
    put: Operation;
    post: Operation;
    patch: Operation;
    delete: Operation;
  }
>;
