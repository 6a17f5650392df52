"""One made-up secret of each shape."""

ALNUM = "Ab3dEf6hIj9lMn2pQr5tUv8xYz1AbCdEf"
SECRETS = {
    "aws_access_key": "AKIA" + "Q3ZX7TPL0WMD9KVB",
    "aws_session_token": "ASIA" + "Q3ZX7TPL0WMD9KVB",
    "anthropic_key": "sk-ant-" + "api03-x_Y-z" + ALNUM,
    "openai_key": "sk-proj-" + ALNUM,
    "hf_token": "hf_" + ALNUM,
    "github_pat": "ghp_" + ALNUM,
    "slack_token": "xoxb-" + "1234-abcd-" + ALNUM,
    "bearer_token": "Bearer  " + "ey.J0-" + ALNUM,
}
