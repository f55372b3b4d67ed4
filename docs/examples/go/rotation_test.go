// A customer gets it wrong, is told so, and mends it; then thirty days pass. Go's standard library is all it takes.
//
//	PATH=build/release:$PATH go test
package rotation

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A custdkim of our own, with an internet and a clock that are made up.
type lab struct {
	t     *testing.T
	at    map[string]string // endpoints.json
	token string
}

// What is read here of the answers: a key, or a refusal.
type document struct {
	Status          any    `json:"status"` // of a key a word, of a refusal a number
	SigningSelector string `json:"signing_selector"`
	Detail          string `json:"detail"`
	Findings        []struct {
		Cause string `json:"cause"`
	} `json:"findings"`
}

func startLab(t *testing.T) *lab {
	state := filepath.Join(t.TempDir(), "lab") // which the lab makes, for its owner only
	command := exec.Command("custdkim-lab", "up", "--state", state, "--dns", "0", "--http", "0")
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Signal(syscall.SIGTERM)
		command.Wait()
	})
	// The first line comes when everything answers.
	if _, err := bufio.NewReader(output).ReadString('\n'); err != nil {
		t.Fatal("custdkim-lab does not start; why is on standard error")
	}
	at := map[string]string{}
	if err := json.Unmarshal(read(t, filepath.Join(state, "endpoints.json")), &at); err != nil {
		t.Fatal(err)
	}
	return &lab{t, at, strings.TrimSpace(string(read(t, at["token_file"])))}
}

func read(t *testing.T, file string) []byte {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// service is "api" for custdkim or "lab" for the world around it.
func (l *lab) call(service, method, path, body string) (int, document) {
	request, err := http.NewRequest(method, l.at[service]+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+l.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		l.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer document
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		l.t.Fatal(err)
	}
	return response.StatusCode, answer
}

func (l *lab) must(service, method, path, body string) document {
	status, answer := l.call(service, method, path, body)
	if status >= 300 {
		l.t.Fatalf("%s %s: %d: %s", method, path, status, answer.Detail)
	}
	return answer
}

func TestAProxiedCNAMEIsFoundAndMendedAndTheKeyRotates(t *testing.T) {
	lab := startLab(t)
	lab.must("api", "POST", "/v1/keys", `{"domain": "acme.example", "type": "ed25519"}`)
	lab.must("lab", "PUT", "/v1/customers/acme.example", `{"misconfiguration": "cname-proxied"}`)

	status, refusal := lab.call("api", "POST", "/v1/keys/acme.example/activate", "")
	if status != 409 || len(refusal.Findings) == 0 || refusal.Findings[0].Cause != "cname-proxied" {
		t.Fatalf("%d: %s", status, refusal.Detail)
	}

	lab.must("lab", "POST", "/v1/customers/acme.example/fix", "")
	key := lab.must("api", "POST", "/v1/keys/acme.example/activate", "")
	if key.Status != "active" || key.SigningSelector != "s1" {
		t.Fatalf("the key is %v and signs with %s", key.Status, key.SigningSelector)
	}

	lab.must("lab", "POST", "/v1/clock/advance", `{"by": "30d"}`)
	key = lab.must("api", "GET", "/v1/keys/acme.example", "")
	if key.Status != "active" || key.SigningSelector != "s2" {
		t.Fatalf("after 30 days the key is %v and signs with %s", key.Status, key.SigningSelector)
	}
}
