# JUnit XML of ctest or googletest → rows of status, name, reason between tabs.
function attribute(name,    at, rest) {
  at = index($0, " " name "=\"")
  if (!at) return ""
  rest = substr($0, at + length(name) + 3)
  return plain(substr(rest, 1, index(rest, "\"") - 1))
}
function plain(text) {
  gsub(/&#x0*[aA];/, " ", text)
  gsub(/&lt;/, "<", text)
  gsub(/&gt;/, ">", text)
  gsub(/&quot;/, "\"", text)
  gsub(/&apos;/, "'", text)
  gsub(/&amp;/, "\\&", text)
  gsub(/[\t\r\n]/, " ", text)
  return text
}
function finish() {
  if (test != "") print status "\t" prefix test "\t" reason
  test = ""
}
/<testcase / {
  finish()
  test = attribute("name")
  group = attribute("classname")
  if (group != "" && group != test) test = group "." test
  state = attribute("status")
  status = state == "fail" ? "fail" : state == "run" ? "pass" : "skip"
  reason = ""
}
/<failure/ { status = "fail" }
/<skipped/ {
  message = attribute("message")
  # A test that ctest could not run did not skip itself.
  if (state == "notrun" && message !~ /^SKIP_/) {
    status = "fail"
    reason = message
  } else {
    status = "skip"
    if (message !~ /^SKIP_/) {
      # googletest: "file:line Skipped reason".
      sub(/^[^ ]+:[0-9]+ (Skipped )?/, "", message)
      reason = message
    }
  }
}
# googletest's own output inside ctest's: "file:line: Skipped", then the reason.
told { reason = plain($0); told = 0 }
/: Skipped$/ { told = 1 }
END { finish() }
