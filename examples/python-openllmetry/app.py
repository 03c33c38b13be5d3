"""A Python application with OpenLLMetry: its spans come by OTLP and become the same numbers."""

import os

from openai import OpenAI
from traceloop.sdk import Traceloop

Traceloop.init(
    app_name="example-python-openllmetry",
    api_endpoint=os.environ.get("INFEROMETER_ENDPOINT", "http://127.0.0.1:4318"),
    # Each span goes out at its end: the program is over before a batch would be.
    disable_batch=True,
    telemetry_enabled=False,
)

client = OpenAI()
answer = client.chat.completions.create(
    model="gpt-4o-mini",
    messages=[{"role": "user", "content": "Where is order 1234?"}],
)
print(answer.choices[0].message.content)
