import type { Response } from 'supertest';

/** Asserts that an answer is a whole problem (RFC 9457) and answers its body. */
export function expectProblem(answer: Response, status: number, code?: string): Record<string, unknown> {
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status, body: { status } });
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({
    type: `urn:offerbook:problem:${answer.body.code}`,
    title: expect.stringMatching(/\S/),
    detail: expect.stringMatching(/\S/),
    code: code ?? expect.stringMatching(/^[a-z_]+$/),
    requestId: answer.headers['x-request-id'],
  });
  return answer.body;
}
