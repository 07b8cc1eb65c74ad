package hosts

import (
	"os"

	"promisebench/engines/worker"
)

// Browsers are kept to one page of ours, and from all networks: what is asked of another
// host than this one goes to a port of this machine at which nobody listens. What they do
// besides showing a page, on their own account (updates, first steps, telemetry), is off.
//
// A page's clock has steps of 5 µs at best, and only if the page is isolated from others,
// which headers of ours see to. There is no telling when the job queue is empty but by the
// next event, so each time that a workload waits costs one more, and so does each batch.

// nowhere is a proxy that does not exist: the discard port, on which nobody listens.
const nowhere = "127.0.0.1:9"

// browser returns how one of which nothing is known is driven: its flags, and then the
// address. It must not hand that over to another process of its own.
func browser() Kind {
	return Kind{Version: []string{"{}", "--version"}, Page: &worker.Page{Script: script}}
}

// chromium returns how Chromium and its kin are driven.
func chromium() Kind {
	args := []string{
		"--headless=new", "--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
		"--disable-default-apps", "--disable-extensions", "--disable-sync", "--disable-breakpad", "--metrics-recording-only",
		// Addresses of this machine are reached without it.
		"--proxy-server=http://" + nowhere,
		"--user-data-dir=" + worker.ProfilePath,
	}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // it refuses to start as root with one
	}
	return Kind{Args: args, Version: []string{"{}", "--version"}, Page: &worker.Page{Script: script}}
}

// firefox returns how Firefox is driven.
func firefox() Kind {
	return Kind{
		Args: []string{"--headless", "--no-remote", "--profile", worker.ProfilePath}, Version: []string{"{}", "--version"},
		Page: &worker.Page{Script: script, Preferences: map[string]string{"user.js": firefoxPreferences}},
	}
}

const firefoxPreferences = `user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", 9);
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", 9);
user_pref("network.dns.disablePrefetch", true);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("app.update.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.startup.page", 0);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.region.network.url", "");
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.ipc.processPrelaunch.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("services.settings.server", "");
user_pref("toolkit.telemetry.enabled", false);
user_pref("toolkit.telemetry.server", "");
user_pref("privacy.reduceTimerPrecision", false);
user_pref("privacy.reduceTimerPrecision.unconditional", false);
`
