// A customer gets it wrong, is told so, and mends it; then thirty days pass. It takes libcurl and
// nlohmann/json.
//
//     g++ -std=c++20 -o rotation_test rotation_test.cpp -lcurl && PATH=build/release:$PATH ./rotation_test

#include <curl/curl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

using nlohmann::json;

void must(bool holds, const std::string& what) {
    if (!holds) throw std::runtime_error(what);
}

// A custdkim of our own, with an internet and a clock that are made up.
class Lab {
  public:
    Lab() {
        must(mkdtemp(state_.data()) != nullptr, "no directory for the lab");
        int output[2];
        must(pipe(output) == 0, "no pipe");
        process_ = fork();
        must(process_ >= 0, "no process");
        if (process_ == 0) {
            dup2(output[1], STDOUT_FILENO);
            close(output[0]);
            execlp("custdkim-lab", "custdkim-lab", "up", "--state", state_.c_str(), "--dns", "0", "--http",
                   "0", nullptr);
            _exit(127);
        }
        close(output[1]);
        char first = 0;  // it says that it is up when everything answers
        const bool is_up = read(output[0], &first, 1) == 1;
        output_ = output[0];
        if (!is_up) stop();
        must(is_up, "custdkim-lab does not start; why is on standard error");
        at_ = json::parse(std::ifstream(state_ + "/endpoints.json"));
        std::getline(std::ifstream(at_["token_file"].get<std::string>()), token_);
    }
    ~Lab() { stop(); }
    Lab(const Lab&) = delete;
    Lab& operator=(const Lab&) = delete;

    struct Answer {
        long status = 0;
        json document;
    };

    // service is "api" for custdkim or "lab" for the world around it.
    Answer call(const std::string& service, const char* method, const std::string& path,
                const std::string& body = "") const {
        const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
        const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> header(
            curl_slist_append(nullptr, ("Authorization: Bearer " + token_).c_str()), curl_slist_free_all);
        std::string text;
        curl_easy_setopt(curl.get(), CURLOPT_URL, (at_[service].get<std::string>() + path).c_str());
        curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, header.get());
        curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method);
        if (!body.empty()) curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
        curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &text);
        curl_easy_setopt(
            curl.get(), CURLOPT_WRITEFUNCTION, +[](char* from, size_t, size_t size, std::string* to) {
                to->append(from, size);
                return size;
            });
        const CURLcode result = curl_easy_perform(curl.get());
        must(result == CURLE_OK, curl_easy_strerror(result));
        Answer answer;
        curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
        answer.document = json::parse(text);
        return answer;
    }

    json must_call(const std::string& service, const char* method, const std::string& path,
                   const std::string& body = "") const {
        const Answer answer = call(service, method, path, body);
        must(answer.status < 300, answer.document.dump());
        return answer.document;
    }

  private:
    void stop() {
        kill(process_, SIGTERM);
        waitpid(process_, nullptr, 0);
        close(output_);
        std::filesystem::remove_all(state_);
    }

    std::string state_ = "/tmp/lab-XXXXXX";
    pid_t process_ = -1;
    int output_ = -1;
    json at_;  // endpoints.json
    std::string token_;
};

int main() try {
    const Lab lab;
    lab.must_call("api", "POST", "/v1/keys", R"({"domain": "acme.example", "type": "ed25519"})");
    lab.must_call("lab", "PUT", "/v1/customers/acme.example", R"({"misconfiguration": "cname-proxied"})");

    const Lab::Answer refusal = lab.call("api", "POST", "/v1/keys/acme.example/activate");
    must(refusal.status == 409, "a proxied CNAME is no reason to refuse: " + refusal.document.dump());
    must(refusal.document["findings"][0]["cause"] == "cname-proxied", refusal.document.dump());

    lab.must_call("lab", "POST", "/v1/customers/acme.example/fix");
    json key = lab.must_call("api", "POST", "/v1/keys/acme.example/activate");
    must(key["status"] == "active" && key["signing_selector"] == "s1", key.dump());

    lab.must_call("lab", "POST", "/v1/clock/advance", R"({"by": "30d"})");
    key = lab.must_call("api", "GET", "/v1/keys/acme.example");
    must(key["status"] == "active" && key["signing_selector"] == "s2", key.dump());
    std::cout << "a proxied CNAME is found and mended, and the key rotates\n";
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
