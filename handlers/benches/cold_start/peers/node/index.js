// Stores a new connection, and answers 200. The loop at the end does the work of Lambda's runtime for Node.js.
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import http from "node:http";

const client = new DynamoDBClient();

async function handle({ requestContext: { connectionId, connectedAt } }) {
  await client.send(
    new PutItemCommand({
      TableName: process.env.RPS_TABLE,
      Item: {
        pk: { S: `C#${connectionId}` },
        v: { N: "1" },
        connected_at_ms: { N: String(connectedAt) },
        ttl: { N: String(Math.floor(connectedAt / 1000) + 10_800) },
      },
      ConditionExpression: "attribute_not_exists(pk)",
    }),
  );
  return { statusCode: 200 };
}

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const options = { host, port, agent, method, path: `/2018-06-01/runtime/invocation/${path}` };
    const request = http.request(options, async (response) => {
      const chunks = await response.toArray();
      resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() });
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function serve() {
  for (;;) {
    const { headers, body } = await ask("GET", "next");
    const result = JSON.stringify(await handle(JSON.parse(body)));
    await ask("POST", `${headers["lambda-runtime-aws-request-id"]}/response`, result);
  }
}

serve();
