"""The room templates: conversations as chat templates write them. Needs jinja2 3.1.6.

The templates were written for the room, after the forms of published models and with the means that
their templates use; they are rendered with the settings and functions of transformers.
"""

import datetime
from pathlib import Path

import index
import jinja2
import jinja2.ext
import jinja2.sandbox

CHATML = """\
{% for message in messages %}
{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
"""

# A system prompt of its own where there is none.
QWEN2 = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\\nBe of help.<|im_end|>\\n' }}{% endif %}"
    "{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)

QWEN3 = """\
{%- set ns = namespace(searching=true, last=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set place = (messages|length - 1) - loop.index0 %}
    {%- if ns.searching and message.role == "user" and message.content is string %}
        {%- set ns.searching = false %}
        {%- set ns.last = place %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content if message.content is string else '' %}
    {%- if message.role == "assistant" %}
        {%- set thought = '' %}
        {%- if '</think>' in content %}
            {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last and (loop.last or (not loop.last and thought)) %}
            {{- '<|im_start|>' + message.role + '\\n<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}"""

# Begins an answer whether one is asked for or not.
LLAMA3 = (
    "{% set all = messages %}{% for message in all %}"
    "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'"
    "+ message['content'] | trim + '<|eot_id|>' %}"
    "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}"
    "{{ content }}{% endfor %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}"
)

# Tells the day.
LLAMA31 = """\
{{- bos_token }}
{%- if not day is defined %}
    {%- if strftime_now is defined %}
        {%- set day = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set day = "26 Jul 2024" %}
    {%- endif %}
{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set system = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system = "" %}
{%- endif %}
{#- Only where tools are given. -#}
{%- if tools is defined and tools is not none %}
    {{- "Tools: " + tools }}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{{- "Day: " + day + "\\n\\n" }}
{{- system }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {{- raise_exception("No tools.") }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""

LLAMA2 = (
    "{% if messages[0]['role'] == 'system' %}{% set turns = messages[1:] %}"
    "{% set system = messages[0]['content'] %}{% else %}{% set turns = messages %}"
    "{% set system = false %}{% endif %}{% for message in turns %}"
    "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Roles must take turns.') }}{% endif %}"
    "{% if loop.index0 == 0 and system != false %}"
    "{% set content = '<<SYS>>\\n' + system + '\\n<</SYS>>\\n\\n' + message['content'] %}"
    "{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}"
    "{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}"
    "{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}"
    "{% endif %}{% endfor %}"
)

MISTRAL = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('User and assistant take turns, the user first.') }}{% endif %}"
    "{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}"
    "{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token}}"
    "{% else %}{{ raise_exception('Nobody else speaks.') }}{% endif %}{% endfor %}"
)

# A system prompt in the last question.
MISTRAL3 = """\
{%- if messages[0]["role"] == "system" %}
    {%- set system = messages[0]["content"] %}
    {%- set turns = messages[1:] %}
{%- else %}
    {%- set turns = messages %}
{%- endif %}
{%- set questions = turns | selectattr("role", "equalto", "user") | list %}
{{- bos_token }}
{%- for message in turns %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system is defined and questions | length > 1 %}
            {{- "[INST] " + system + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- else %}
        {{- raise_exception("Only user and assistant speak.") }}
    {%- endif %}
{%- endfor %}
"""

# Lines, whose ends and indents are the settings' matter.
ZEPHYR = """\
{% for message in messages %}
    {% if message['role'] == 'user' %}
{{ '<|user|>\\n' + message['content'] + eos_token }}
    {% elif message['role'] == 'system' %}
{{ '<|system|>\\n' + message['content'] + eos_token }}
    {% elif message['role'] == 'assistant' %}
{{ '<|assistant|>\\n'  + message['content'] + eos_token }}
    {% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}

"""

GEMMA = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}"
    "{{ raise_exception('There is no system role.') }}{% endif %}{% for message in messages %}"
    "{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}"
    "{% set role = message['role'] %}{% endif %}"
    "{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\\n'}}{% endif %}"
)

# Line ends of two bytes, marks of what is generated, signs on both sides, text between tags.
MARKED = """\
{# What is #} {%- for m in messages -%}
  [{{ m.role | upper }}#{{ loop.index }}{{ ' of ' ~ loop.length }}]
  {%- if m.role == 'assistant' %}{% generation %} {{ m.content }} {% endgeneration %}{% else %}
      {{ m['content'].strip() }}
  {%+ endif %}
    {# a line of its own #}
{{ "}}" if loop.last else '{%' }}
{% endfor -%}
  end {{ '%}' }} \t
"""

# Values: nothing, numbers, what is not there.
VALUES = """\
{%- set count = namespace(n=0, words=1 + 2 * 3) -%}
{%- for m in messages | rejectattr("role", "equalto", "system") -%}
{%- set count.n = count.n + 1 -%}
{{ m.content.replace('a', 'o').title() }}|{{ m.content.upper() == m.content }}|
{%- endfor -%}
{{ count.n }} {{ count.words }} {{ missing }}{{ missing is defined }} {{ none is none }} {{ messages | length > 1 and not false }}
{%- for part in messages[0].content.split(' ') %}
{{ loop.index0 }}{{ part | trim }}{% if not loop.last %},{% endif %}
{%- endfor %}
"""

TEMPLATES = {
    "chatml": CHATML,
    "qwen2": QWEN2,
    "qwen3": QWEN3,
    "llama2": LLAMA2,
    "llama3": LLAMA3,
    "llama31": LLAMA31,
    "mistral": MISTRAL,
    "mistral3": MISTRAL3,
    "zephyr": ZEPHYR,
    "gemma": GEMMA,
    "marked": MARKED.replace("\n", "\r\n"),
    "values": VALUES,
}

USER, ASSISTANT, SYSTEM = "user", "assistant", "system"
CONVERSATIONS = {
    "one": [(USER, 'Hi {{ 7*7 }} "q" \\n <b>&</b> {# no #}')],
    "four": [
        (SYSTEM, " Be brief.\n"),
        (USER, "  What colour? "),
        (ASSISTANT, "<think>\nwell\n</think>\n\nBlue – sky.\n"),
        (USER, "It's {% if %} ok"),
    ],
    "turns": [(USER, "A"), (ASSISTANT, "B b"), (USER, "C"), (ASSISTANT, " D\n")],
}


class Generation(jinja2.ext.Extension):
    """The marks of what a model generates, which change nothing of the text."""

    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


def environment():
    made = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[jinja2.ext.loopcontrols, Generation]
    )
    made.globals["raise_exception"] = refuse
    made.globals["strftime_now"] = lambda form: datetime.datetime(2024, 7, 26).strftime(form)
    return made


def make(source, room):
    """Everything is in this file; the source has nothing of it."""
    cases = {}
    for name, template in TEMPLATES.items():
        Path(room, name + ".jinja").write_bytes(template.encode())
        for said, turns in CONVERSATIONS.items():
            messages = [{"role": role, "content": content} for role, content in turns]
            for prompted in (False, True):
                cases[f"{name}_{said}" + ("_prompted" if prompted else "")] = {
                    "algorithm": "chat_template",
                    "params": {"messages": messages, "add_generation_prompt": prompted},
                    "inputs": {"template": name + ".jinja"},
                    "scalars": rendered(template, messages, prompted),
                    "tolerance": {"text": "exact"},
                    "source": "jinja2 " + jinja2.__version__,
                }
    index.write(room, cases)


def rendered(template, messages, prompted):
    try:
        text = (
            environment()
            .from_string(template)
            .render(
                messages=messages,
                add_generation_prompt=prompted,
                bos_token="<s>",
                eos_token="</s>",
            )
        )
        return {"text": text}
    except jinja2.exceptions.TemplateError as e:
        return {"refusal": str(e)}
