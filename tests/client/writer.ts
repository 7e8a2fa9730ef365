// What a person does who writes notes.
import createClient from "openapi-fetch";
import type { paths } from "./api.d.ts";

declare const process: { argv: string[] };
const [, , baseUrl = "", token = ""] = process.argv;
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

const written = await client.POST("/api/notes:create", {
    params: { query: { triggerWorkflows: "review" } },
    body: { text: "To be read" },
});
if (written.error) throw new Error(JSON.stringify(written.error));

const found = await client.GET("/api/notes:list", {
    params: {
        query: { fields: ["id", "text"], sort: ["-id"], filter: JSON.stringify({ text: "To be read" }), pageSize: 5 },
    },
});
if (found.error) throw new Error(JSON.stringify(found.error));

// What slips past the compiler is refused by the server.
const unchecked = { text: "", txt: "" };
const refused = await client.POST("/api/notes:create", { body: unchecked });

console.log(JSON.stringify({
    thanks: written.data.messages?.map((it) => it.message),
    fired: written.data.workflows?.filter((it) => it.status === "queued").map((it) => it.key),
    found: found.data.data.map((it) => it.text),
    refused: refused.error?.errors.map(({ code, field }) => ({ code, field })),
}));
